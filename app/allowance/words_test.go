package allowance

import "testing"

// TestBanksWords reads how banks say that a payment went; what says neither is
// not guessed at.
func TestBanksWords(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		said        string
		paid, known bool
	}{
		{"成功", true, true}, {" 交易成功 ", true, true}, {"已入账", true, true}, {"S", true, true}, {"success", true, true}, {"0000", true, true}, {"正常", true, true}, {"代发成功", true, true},
		{"失败", false, true}, {"户名不符", false, true}, {"退汇", false, true}, {"F", false, true}, {"处理失败：账号已销户", false, true}, {"账户异常", false, true},
		{"不成功", false, true}, {"未成功", false, true}, {"账户状态不正常", false, true}, {"账户非正常", false, true}, {"尚未处理成功", false, true}, {"未入账", false, true}, {"UNSUCCESSFUL", false, true},
		{"待处理", false, false}, {"处理中", false, false}, {"部分成功", false, false}, {"", false, false}, {"冻结", false, true}, {"挂失", false, true}, {"疑似成功", false, false},
	} {
		paid, known := verdict(c.said)
		if paid != c.paid || known != c.known {
			t.Errorf("%q: paid %v, known %v", c.said, paid, known)
		}
	}
}
