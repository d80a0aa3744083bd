/* Improves pages that work without it: keeps drafts, locks an idle screen,
   adds rows and pickers, warns before unsaved work is left. It decides nothing:
   whatever is hidden or offered here the server checks again. */
(function () {
  "use strict";

  const doc = document;
  let token = doc.body.dataset.token || "";
  const all = (sel, root) => Array.from((root || doc).querySelectorAll(sel));
  const say = (text) => { const box = doc.getElementById("said"); if (box) box.textContent = text; };
  const clock = () => new Date().toTimeString().slice(0, 5);

  function make(tag, props, ...children) {
    const el = Object.assign(doc.createElement(tag), props || {});
    el.append(...children);
    return el;
  }

  function post(url, body) {
    return fetch(url, {
      method: "POST", body, credentials: "same-origin",
      headers: { "X-CSRF": token, Accept: "application/json" },
    });
  }

  /* ---- values of a form, by field name ---- */

  function fieldsOf(form) {
    const data = new URLSearchParams();
    for (const [name, value] of new FormData(form)) {
      if (typeof value === "string") data.append(name, value);
    }
    all("input[type=password]", form).forEach((p) => data.delete(p.name));
    return data;
  }

  /* ---- fields shown on conditions ---- */

  function holds(cond, values) {
    const got = values.getAll(cond.field).filter((v) => v !== "");
    const want = cond.values || [];
    switch (cond.op) {
      case "in": return got.some((v) => want.includes(v));
      case "not-in": return !got.some((v) => want.includes(v));
      case "filled": return got.length > 0;
      case "empty": return got.length === 0;
    }
    return true;
  }

  function watchConditions(form) {
    const parts = all("[data-show]", form).map((el) => [el, JSON.parse(el.dataset.show)]);
    if (!parts.length) return;
    const update = () => {
      const values = fieldsOf(form);
      parts.forEach(([el, conds]) => { el.hidden = !conds.every((c) => holds(c, values)); });
    };
    form.addEventListener("input", update);
    form.addEventListener("change", update);
    update();
  }

  /* ---- drafts and the guard against leaving ---- */

  let dirty = false;

  function watchDraft(form) {
    const line = form.querySelector("[data-draft-line]");
    let pending = false, sending = false;
    const keep = () => {
      if (!pending || sending) return;
      pending = false;
      sending = true;
      post("/draft", fieldsOf(form)).then((r) => {
        if (!r.ok) throw new Error(String(r.status));
        if (line) line.textContent = "草稿已存 " + clock();
      }).catch(() => {
        pending = true;
        if (line) line.textContent = "草稿没有存上，稍后再试。请不要关闭本页。";
      }).finally(() => { sending = false; });
    };
    form.addEventListener("input", () => { pending = true; });
    form.addEventListener("change", () => { pending = true; });
    // what is being saved must not come back as a draft
    form.addEventListener("submit", () => { pending = false; });
    setInterval(keep, 4000);
    doc.addEventListener("visibilitychange", () => { if (doc.hidden) keep(); });
  }

  function guard(form) {
    form.addEventListener("input", () => { dirty = true; });
    form.addEventListener("submit", () => { dirty = false; });
  }

  window.addEventListener("beforeunload", (e) => {
    if (dirty) { e.preventDefault(); e.returnValue = ""; }
  });

  /* ---- rows of a table field ---- */

  function renumber(box) {
    const name = box.dataset.lines;
    const head = new RegExp("^" + name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&") + "\\.\\d+\\.");
    const flat = name.replace(/[.\[\] ]/g, "-");
    const ids = new RegExp("f-" + flat.replace(/[*+?^${}()|\\]/g, "\\$&") + "-\\d+-", "g");
    all("tbody tr", box).forEach((row, i) => {
      row.cells[0].textContent = String(i + 1);
      all("*", row).forEach((el) => {
        if (el.name) el.name = el.name.replace(head, name + "." + i + ".");
        if (el.value && el.name === "_do") el.value = "row-del." + name + "." + i;
        ["id", "for", "aria-labelledby", "aria-describedby"].forEach((a) => {
          const v = el.getAttribute(a);
          if (v) el.setAttribute(a, v.replace(ids, "f-" + flat + "-" + i + "-"));
        });
      });
      all(".vh", row).forEach((l) => { l.textContent = l.textContent.replace(/^第 \S+ 行/, "第 " + (i + 1) + " 行"); });
      const del = row.querySelector("[data-del]");
      if (del) del.setAttribute("aria-label", "删去第 " + (i + 1) + " 行");
    });
  }

  function addRow(box) {
    const i = all("tbody tr", box).length;
    const html = box.querySelector("template").innerHTML.split("__i__").join(String(i)).split("__n__").join(String(i + 1));
    const body = box.querySelector("tbody");
    body.insertAdjacentHTML("beforeend", html);
    const row = body.lastElementChild;
    enhance(row);
    const first = row.querySelector("input:not([type=hidden]), select, textarea");
    if (first) first.focus();
    say("已加第 " + (i + 1) + " 行");
  }

  function watchLines(box) {
    box.addEventListener("click", (e) => {
      const button = e.target.closest("button");
      if (!button) return;
      if (button.hasAttribute("data-add")) {
        e.preventDefault();
        addRow(box);
      } else if (button.hasAttribute("data-del")) {
        e.preventDefault();
        button.closest("tr").remove();
        renumber(box);
        box.querySelector("[data-add]").focus();
        say("已删去一行");
      } else {
        return;
      }
      dirty = true;
      box.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }

  /* ---- picking a person, a party, a place ---- */

  function watchPicker(box) {
    const input = box.querySelector("[data-find]");
    const chosen = box.querySelector("[data-chosen]");
    const button = box.querySelector("[data-find-button]");
    let list = null;
    const clear = () => { if (list) list.remove(); list = null; };

    const take = (c) => {
      all("[name='" + CSS.escape(box.dataset.name) + "']", box).forEach((el) => el.remove());
      box.prepend(make("input", { type: "hidden", name: box.dataset.name, value: c.id }));
      const radios = box.querySelector(".choices");
      if (radios) radios.remove();
      chosen.replaceChildren(make("b", { textContent: c.text }), " ", make("small", { textContent: c.note || "" }));
      chosen.hidden = false;
      input.value = "";
      button.textContent = "换一个";
      clear();
      input.focus();
      dirty = true;
      box.dispatchEvent(new Event("change", { bubbles: true }));
      say("已选 " + c.text);
    };

    const show = (found) => {
      clear();
      list = make("div", { className: "found" });
      list.setAttribute("role", "group");
      list.setAttribute("aria-label", "查到的结果");
      found.forEach((c) => {
        const b = make("button", { type: "button" }, make("b", { textContent: c.text }), make("small", { textContent: c.note || "" }));
        b.addEventListener("click", () => take(c));
        list.append(b);
      });
      if (!found.length) list.append(make("p", { className: "none", textContent: "没有查到。换一个字，或者先到人员里新建。" }));
      box.append(list);
      say(found.length ? "查到 " + found.length + " 个，按向下键选" : "没有查到");
    };

    const find = () => {
      const q = input.value.trim();
      if (!q) { clear(); return; }
      const url = box.dataset.picker + (box.dataset.picker.includes("?") ? "&" : "?") + "q=" + encodeURIComponent(q);
      fetch(url, { credentials: "same-origin", headers: { Accept: "application/json" } })
        .then((r) => (r.ok ? r.json() : Promise.reject(r.status)))
        .then((data) => { if (input.value.trim() === q) show(Array.isArray(data) ? data : data.found || []); })
        .catch(() => say("查找没有成功，请再按一次查找"));
    };

    let timer = 0;
    input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(find, 250); });
    button.addEventListener("click", (e) => { e.preventDefault(); find(); });
    box.addEventListener("keydown", (e) => {
      if (e.key === "Escape") { clear(); input.focus(); return; }
      if (e.key === "Enter" && e.target === input) { e.preventDefault(); find(); return; }
      if (!list || (e.key !== "ArrowDown" && e.key !== "ArrowUp")) return;
      e.preventDefault();
      const stops = [input, ...all("button", list)];
      const at = stops.indexOf(doc.activeElement) + (e.key === "ArrowDown" ? 1 : -1);
      stops[Math.max(0, Math.min(at, stops.length - 1))].focus();
    });
  }

  /* ---- dates are typed; a calendar can help ---- */

  function watchDate(input) {
    const picker = make("input", { type: input.dataset.date === "month" ? "month" : "date", className: "pick-day", tabIndex: -1 });
    if (!picker.showPicker) return;
    picker.setAttribute("aria-hidden", "true");
    const label = input.labels && input.labels[0] ? input.labels[0].textContent : "日期";
    const button = make("button", { type: "button", textContent: "日历" });
    button.setAttribute("aria-label", label + "：打开日历");
    button.addEventListener("click", () => {
      picker.value = /^\d{4}-\d\d/.test(input.value) ? input.value : "";
      picker.showPicker();
    });
    picker.addEventListener("change", () => {
      input.value = picker.value;
      input.focus();
      input.dispatchEvent(new Event("input", { bubbles: true }));
    });
    input.after(picker, button);
  }

  function watchLimit(area) {
    const box = area.parentElement.querySelector("[data-count]");
    const limit = Number(area.dataset.limit);
    if (!box || !limit) return;
    const update = () => {
      const n = Array.from(area.value).length;
      box.textContent = n > limit ? "超出 " + (n - limit) + " 字" : n + " / " + limit + " 字";
      box.classList.toggle("err", n > limit);
    };
    area.addEventListener("input", update);
    update();
  }

  /* The browser's own file box speaks the language of the system, not of the page. */
  function watchFiles(box) {
    const input = box.querySelector("input");
    const face = make("span", { className: "button", textContent: "选择文件" });
    const names = make("span", { className: "hint", textContent: "还没有选文件" });
    face.setAttribute("aria-hidden", "true");
    input.after(face, names);
    box.classList.add("quiet");
    input.addEventListener("change", () => {
      names.textContent = Array.from(input.files).map((f) => f.name).join("，") || "还没有选文件";
    });
  }

  /* ---- idle screen: covered, and nothing typed is lost ---- */

  function watchIdle() {
    const limit = Number(doc.body.dataset.idle);
    const cover = doc.getElementById("lock");
    if (!limit || !cover || !cover.showModal) return;
    const form = cover.querySelector("form");
    const error = doc.getElementById("lock-e");
    let last = Date.now();
    const touch = () => { if (!cover.open) last = Date.now(); };
    ["keydown", "pointerdown", "wheel", "scroll", "input"].forEach((e) => doc.addEventListener(e, touch, { passive: true, capture: true }));
    const lock = () => {
      if (cover.open) return;
      all("dialog[open]").forEach((d) => d.close());
      error.textContent = "";
      cover.showModal();
      post("/lock", new URLSearchParams({ _csrf: token })).catch(() => {}); // the server counts idle time too
    };
    const opened = (answer) => {
      if (answer.csrf) {
        token = answer.csrf;
        all("input[name=_csrf]").forEach((el) => { el.value = token; });
      }
      last = Date.now();
      cover.close();
    };
    const refused = (answer) => {
      error.textContent = answer.error || "密码不对，请再输一次。";
      if (answer.ended) error.append(" ", make("a", { href: "/login", textContent: "重新登录（草稿已存）" }));
      form.elements.password.focus();
    };
    setInterval(() => { if (Date.now() - last > limit * 1000) lock(); }, 2000);
    cover.addEventListener("cancel", (e) => e.preventDefault());
    form.addEventListener("submit", (e) => {
      e.preventDefault();
      const password = form.elements.password;
      const body = new URLSearchParams(new FormData(form));
      password.value = "";
      post("/unlock", body).then((r) => {
        const done = r.ok ? opened : refused;
        return r.json().catch(() => ({})).then(done);
      }).catch(() => { error.textContent = "连不上本机服务，请确认街镇通正在运行。填写的内容还在。"; });
    });
  }

  /* ---- what says the same, while an order is being typed ---- */

  function watchNear(form) {
    const text = form.elements.content;
    if (!text) return;
    const box = make("div", { className: "hint" });
    box.setAttribute("role", "status");
    text.after(box);
    let asked = "", later = 0;
    // a button for each suggestion: pressed, it fills the field; the person decides
    const offer = (label, list, name, parts) => {
      const field = form.elements[name];
      if (!list.length || !field) return;
      const line = make("p", {}, label);
      list.forEach((one) => {
        const [value, word, note] = parts(one);
        const button = make("button", { type: "button", className: "button small", textContent: word });
        button.addEventListener("click", () => {
          field.value = value;
          field.dispatchEvent(new Event("input", { bubbles: true }));
          say("已填上：" + word);
        });
        line.append(button, note + " ");
      });
      box.append(line);
    };
    const ask = () => {
      const typed = text.value.trim().slice(0, 500), at = form.elements.address ? form.elements.address.value.trim() : "";
      if (typed.length < 8 || typed + at === asked) return;
      asked = typed + at;
      fetch(form.dataset.near + "?text=" + encodeURIComponent(typed) + "&at=" + encodeURIComponent(at), { credentials: "same-origin", headers: { Accept: "application/json" } })
        .then((r) => (r.ok ? r.json() : { same: [], classes: [] }))
        .then((found) => {
          box.replaceChildren();
          found.same.forEach((o) => box.append(make("p", {}, "可能已有：", make("a", { href: o.url, target: "_blank", rel: "noopener", textContent: o.text }), "（" + o.step + "，相像 " + o.likeness + "）")));
          offer("分类建议：", found.classes, "category", (c) => [c.class, c.class, " " + c.chance + (c.words && c.words.length ? "（" + c.words.join("、") + "）" : "")]);
          offer("可能在：", found.places || [], "community", (p) => [p.id, p.name, "（" + p.why + "）"]);
        })
        .catch(() => { asked = ""; });
    };
    const soon = () => { clearTimeout(later); later = setTimeout(ask, 700); };
    text.addEventListener("input", soon);
    if (form.elements.address) form.elements.address.addEventListener("input", soon);
  }

  /* ---- long jobs ---- */

  /* Goes to a page once somebody answers there: the program may be ending, and
     the browser's own page of an error leads nowhere. */
  const goTo = (url) => fetch(url, { credentials: "same-origin" })
    .then(() => location.assign(url))
    .catch(() => setTimeout(() => goTo(url), 1500));

  function watchJob(job) {
    if (!job.dataset.poll) return;
    const bar = job.querySelector("progress");
    const ask = () => fetch(job.dataset.poll, { credentials: "same-origin", headers: { Accept: "application/json" } })
      .then((r) => {
        if (r.ok && !r.redirected) return r.json();
        goTo(job.dataset.after || location.href); // the program that did it has ended, another one answers
        return null;
      })
      .then((s) => {
        if (!s) return;
        if (s.total) { bar.max = s.total; bar.value = s.done; }
        job.querySelector("[data-count]").textContent = s.total ? s.done + " / " + s.total : "";
        job.querySelector("b").textContent = s.text || "";
        if (!s.finished) { setTimeout(ask, 1000); return; }
        say(s.text || "已完成");
        goTo(s.url || location.href);
      })
      .catch(() => setTimeout(ask, 3000));
    setTimeout(ask, 600);
  }

  /* ---- keyboard ---- */

  const typing = (el) => el && (el.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(el.tagName));

  function moveRow(e) {
    const row = e.target.closest("[data-rows] tbody tr");
    if (!row || typing(e.target) && e.target.type !== "checkbox") return;
    const next = e.key === "ArrowDown" ? row.nextElementSibling : row.previousElementSibling;
    const stop = next && (next.querySelector("a.open") || next.querySelector("a, input"));
    if (stop) { e.preventDefault(); stop.focus(); }
  }

  let before = "";

  function shortcut(e) {
    if (e.key === "Enter" && e.ctrlKey && e.target.form) {
      const main = e.target.form.querySelector("button.primary");
      if (main) main.click();
      return;
    }
    if (e.key === "ArrowDown" || e.key === "ArrowUp") { moveRow(e); return; }
    if (e.ctrlKey || e.metaKey || e.altKey || typing(e.target) || doc.querySelector("dialog[open]")) return;
    const q = doc.getElementById("q");
    const keys = doc.getElementById("keys");
    if (e.key === "/" && q) { e.preventDefault(); q.focus(); q.select(); }
    if (e.key === "?" && keys && keys.showModal) keys.showModal();
    if (before === "g" && e.key === "h") location.assign("/");
    if (before === "g" && e.key === "b") location.assign("/help/report");
    before = e.key;
  }

  doc.addEventListener("keydown", (e) => {
    if (e.key === "Escape") all("details.menu[open], details.due[open]").forEach((d) => {
      const had = d.contains(doc.activeElement);
      d.open = false;
      if (had) d.querySelector("summary").focus();
    });
    shortcut(e);
  });

  doc.addEventListener("click", (e) => {
    all("details.menu[open], details.due[open]").forEach((d) => { if (!d.contains(e.target)) d.open = false; });
    const row = e.target.closest("[data-rows] tbody tr");
    if (row && !e.target.closest("a, button, input, label, summary, select") && !String(getSelection())) {
      const open = row.querySelector("a.open");
      if (open) open.click();
    }
  });

  /* ---- display settings take effect at once; the form keeps them ---- */

  function watchPref(select) {
    select.addEventListener("change", () => {
      const name = select.dataset.pref;
      if (select.value) doc.documentElement.dataset[name] = select.value; else delete doc.documentElement.dataset[name];
      post("/prefs", new URLSearchParams(new FormData(select.form)))
        .then(() => { if (name === "size" && !dirty) location.reload(); }) // the server scales the narrow sheets
        .catch(() => say("显示设置没有存上"));
    });
  }

  /* ---- the menu remembers which of its groups were open ---- */

  function watchGroup(group) {
    group.firstElementChild.addEventListener("click", () => setTimeout(() => { // after it has folded
      const kept = /(?:^|; )jz_nav=([^;]*)/.exec(doc.cookie);
      const open = new Set(kept ? kept[1].split(".").filter((g) => g !== "none") : all("[data-group][open]").map((d) => d.dataset.group));
      if (group.open) open.add(group.dataset.group); else open.delete(group.dataset.group);
      doc.cookie = "jz_nav=" + ([...open].join(".") || "none") + "; path=/; max-age=31536000; samesite=strict";
    }));
  }

  function enhance(root) {
    all("[data-lines]", root).forEach(watchLines);
    all("[data-picker]", root).forEach(watchPicker);
    all("input[data-date]", root).forEach(watchDate);
    all("textarea[data-limit]", root).forEach(watchLimit);
    all("[data-files]", root).forEach(watchFiles);
  }

  enhance(doc);
  all("form").forEach(watchConditions);
  all("form[data-draft]").forEach(watchDraft);
  all("form[data-guard]").forEach(guard);
  all("form[data-near]").forEach(watchNear);
  all("[data-poll]").forEach(watchJob);
  all("[data-pref]").forEach(watchPref);
  all("[data-group]").forEach(watchGroup);
  all("[data-print]").forEach((b) => { b.hidden = false; b.addEventListener("click", () => window.print()); });
  all("[data-keys]").forEach((p) => {
    p.hidden = false;
    p.firstElementChild.addEventListener("click", () => doc.getElementById("keys").showModal());
  });
  const errors = doc.querySelector("[data-errors]");
  if (errors) errors.focus();
  watchIdle();
})();
