package installer

import (
	"fmt"
	"strings"
)

// credentialSince is the first systemd that hands over credentials.
const credentialSince = 247

// mountRoots are where sticks and disks are mounted: backups are written there.
const mountRoots = "-/media -/run/media -/mnt"

// Unit is the systemd unit of the office, for a systemd of this version. It is
// written by hand: nothing generated knows what this program never does.
//
// Outgoing connections stay possible, because bundles are carried to servers
// and to the district; nothing connects unless the office has set it up.
func Unit(p Places, systemd int) string {
	key := "Environment=JIEZHEN_KEYS=" + quote(p.Keys)
	if systemd >= credentialSince {
		key = "LoadCredential=jiezhen-kek:" + p.Secret
	}
	return strings.NewReplacer("{exe}", p.Current(), "{key}", key, "{home}", p.Home, "{inbox}", p.Inbox, "{mounts}", mountRoots, "{account}", Account).Replace(officeUnit)
}

// quote writes a word as systemd reads it (systemd.syntax(7)).
func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "%", "%%").Replace(s) + `"`
}

const officeUnit = `# 街镇通，由 jiezhen install 写成；改动请写在 jiezhen.service.d 里，升级不会覆盖。
[Unit]
Description=街镇通（街道、乡镇办事处工作台）
After=local-fs.target network.target
# 起不来也一直试：第三次起不来时程序进入安全模式，页面说明原因
StartLimitIntervalSec=0

[Service]
Type=notify
NotifyAccess=main
ExecStart={exe} service
User={account}
Group={account}
StateDirectory=jiezhen
StateDirectoryMode=0700
RuntimeDirectory=jiezhen
RuntimeDirectoryMode=0755
WorkingDirectory={home}
{key}
UMask=0077
Restart=always
RestartSec=5
WatchdogSec=60
# 换版后的第一次启动要留数据副本、整理数据，大单位要几分钟
TimeoutStartSec=30min
TimeoutStopSec=20
KillMode=mixed
LimitNOFILE=65536

# 只能写自己的数据、换版收件箱和外接磁盘
ProtectSystem=strict
ReadWritePaths={inbox} {mounts}
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
NoNewPrivileges=yes
CapabilityBoundingSet=
AmbientCapabilities=
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
MemoryDenyWriteExecute=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
ProcSubset=pid
RemoveIPC=yes
PrivateIPC=yes
KeyringMode=private
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
SystemCallErrorNumber=EPERM

[Install]
WantedBy=multi-user.target
`

// switchUnit is the privileged half: it runs when a request lies in the inbox
// and once at every start of the PC, when it finishes what a power failure cut
// short, and ends. It runs the executable that is known to be good.
func switchUnit(p Places) string {
	return fmt.Sprintf(`# 街镇通换版，由 jiezhen install 写成。
[Unit]
Description=街镇通换版（有换版请求时运行一次）
After=local-fs.target %[2]s.service

[Service]
Type=oneshot
ExecStart=%[1]s switch
TimeoutStartSec=2h
UMask=0022
NoNewPrivileges=yes
PrivateTmp=yes
PrivateDevices=yes
PrivateNetwork=no
ProtectHome=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectControlGroups=yes
RestrictNamespaces=yes
RestrictRealtime=yes
LockPersonality=yes
MemoryDenyWriteExecute=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
SystemCallArchitectures=native

[Install]
WantedBy=multi-user.target
`, keeper(p), Name)
}

func switchPath(p Places) string {
	return fmt.Sprintf(`# 街镇通换版的触发，由 jiezhen install 写成。
[Unit]
Description=街镇通换版请求

[Path]
PathExists=%s/%s
Unit=%s.service

[Install]
WantedBy=multi-user.target
`, p.Inbox, requestFile, Switcher)
}
