package installer

// Rights of the folders under Windows (SDDL): SY the system, BA administrators,
// BU users, %s the service's own account. Only that account and the system
// reach data and keys. Users read where the office answers and what became of a
// change; they write nowhere: an address of their own would be believed.
const (
	rightsHome  = "D:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;;0x1200a9;;;BU)(A;;0x1200a9;;;%s)"
	rightsData  = "D:P(A;OICI;FA;;;SY)(A;OICI;FA;;;%s)"
	rightsDesk  = "D:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;0x1200a9;;;%s)(A;OICI;0x1200a9;;;BU)"
	rightsInbox = "D:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;FA;;;%s)"
	rightsRun   = "D:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;FA;;;%s)(A;OICI;0x1200a9;;;BU)"
	// letStartText lets the office's account start the privileged half, and do
	// nothing else with it.
	letStartText = "D:(A;;CCLCSWRPWPDTLOCRRC;;;SY)(A;;CCDCLCSWRPWPDTLOCRSDRCWDWO;;;BA)(A;;LCRP;;;%s)"
)
