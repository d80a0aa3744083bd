package ui

import (
	"net/http"
	"strings"
	"testing"
)

// TestBenefitDesk reckons an allowance on the page: the months, the reasons,
// what is missing, and a wrong date.
func TestBenefitDesk(t *testing.T) {
	t.Parallel()
	b := openOffice(t).as("child.officer")
	b.get("/benefit").expect(t, http.StatusOK, "补贴测算", "孤儿基本生活费")
	base := "/benefit?programme=unattended&from=2026-04&birth=2016-03-02&local=yes&decided=2026-04-15&father=5&father_from=2023-07-01&father_until=2029-06-30&mother=8"
	page := b.get(base + "&mother_from=2024-11-08")
	page.expect(t, http.StatusOK, "2450.00", "确认次月", "失联", "示例")
	if n := strings.Count(page.body, "符合条件，应发"); n != 11 {
		t.Errorf("%d months are due, want 11: the month of the decision is not", n)
	}
	b.get(base+"&mother_from=2024-11-08&mother_more=noev").expect(t, http.StatusOK, "缺失联的证明材料", "待核实")
	b.get(base+"&mother_from=2024-11-08&other=dibao&other_amount=800").expect(t, http.StatusOK, "补差 1650.00 元")
	b.get(strings.Replace(base, "2026-04-15", "昨天", 1)).expect(t, http.StatusOK, "请写成 2026-05-01 这样")
	b.get(strings.Replace(base, "from=2026-04", "from=四月", 1)).expect(t, http.StatusOK, "应写成 2026-03")
}
