package installer

// Rights to a service (winsvc.h). Each call asks for those it uses and no more:
// the office's account has few, and so have the users of the PC, who may ask
// how the service is.
const (
	serviceConfig = 0x0001
	serviceChange = 0x0002
	serviceStatus = 0x0004
	serviceStart  = 0x0010
	serviceStop   = 0x0020
	// calling is what it takes to have a service started: what letStartText
	// gives the office's account over the privileged half.
	calling = serviceStart
)

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
