// The desk works without this file; it only makes it live and quick.
(() => {
  "use strict";
  // On a phone the menu is a strip: where we are must be on the screen.
  document.querySelectorAll(".menu [aria-current], .anak [aria-current]").forEach((link) => {
    const strip = link.parentElement;
    strip.scrollLeft = link.offsetLeft - strip.offsetLeft - (strip.clientWidth - link.offsetWidth) / 2;
  });
  const board = document.getElementById("papan");
  if (board) live(board);
  const queue = document.getElementById("antrean");
  if (queue) review(queue);

  // -- the review queue: one key, one answer; the next question takes the focus
  function review(queue) {
    document.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
      if (/^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) return;
      const button = queue.querySelector(`[data-tombol="${CSS.escape(event.key.toLowerCase())}"]`);
      if (!button || button.disabled) return;
      event.preventDefault();
      button.click();
    });
    document.body.addEventListener("htmx:afterSwap", (event) => {
      if (event.target !== queue) return;
      const heading = document.getElementById("judul-tanya");
      if (heading) heading.focus();
    });
  }

  // -- the board: countdowns, search while typing, rows that change by themselves
  function live(board) {
    const started = performance.now(), now0 = Number(board.dataset.kini), rate = Number(board.dataset.laju);
    const now = () => now0 + (performance.now() - started) / 1000 * rate;
    const windows = [...board.querySelectorAll(".jendela")];
    const tick = () => windows.forEach((line) => {
      const { buka, tutup, batas } = line.dataset, t = now(), out = line.querySelector(".sisa");
      line.classList.toggle("buka", t >= buka && t < tutup);
      out.textContent = t < buka ? "dibuka " + span(buka - t) + " lagi" : t >= tutup ? "sudah tutup"
        : t >= batas ? "menit terakhir" : "tutup " + span(batas - t) + " lagi";
    });
    tick();
    setInterval(tick, 1000);
    const search = document.getElementById("cari");
    if (search) search.addEventListener("input", () => filter(board, search.value));
    if (search && search.value) filter(board, search.value);
    if (board.dataset.hidup) listen(board);
  }

  function span(seconds) {
    const s = Math.max(0, Math.floor(seconds)), h = Math.floor(s / 3600), m = Math.floor(s / 60) % 60;
    if (h) return h + " jam " + m + " menit";
    return m >= 10 ? m + " menit" : m + " menit " + String(s % 60).padStart(2, "0") + " detik";
  }

  function filter(board, text) {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    board.querySelectorAll("tr[data-cari]").forEach((row) => {
      row.hidden = !words.every((word) => row.dataset.cari.includes(word));
    });
    count(board);
  }

  function count(board) {
    for (const group of ["belum", "periksa", "sudah", "libur"]) {
      const rows = board.querySelectorAll(`#k-${group} tbody tr:not([hidden])`).length;
      board.querySelectorAll(`[data-hitung=${group}]`).forEach((out) => { out.textContent = rows; });
      document.getElementById("k-" + group).hidden = rows === 0;
    }
  }

  function listen(board) {
    const news = document.getElementById("kabar"), words = document.getElementById("kabar-teks");
    const stream = new EventSource(board.dataset.hidup);
    stream.onopen = () => { news.classList.add("hidup"); words.textContent = "Papan ini berubah sendiri."; };
    stream.onerror = () => { news.classList.remove("hidup"); words.textContent = "Sambungan terputus; menyambung lagi."; };
    stream.addEventListener("segarkan", () => reload(board));
    stream.addEventListener("baris", (event) => {
      const told = JSON.parse(event.data), old = document.getElementById("u-" + told.unit);
      if (!old) return; // not on this filtered board
      const made = document.createElement("tbody");
      made.innerHTML = told.html;
      const row = made.querySelector("tr"), had = old.contains(document.activeElement);
      row.classList.add("baru");
      const body = document.querySelector(`#k-${told.kelompok} tbody`);
      if (old.dataset.kelompok === told.kelompok) old.replaceWith(row);
      else { old.remove(); body.prepend(row); }
      if (had) { const link = row.querySelector("a"); if (link) link.focus(); }
      const search = document.getElementById("cari");
      filter(board, search ? search.value : "");
      words.textContent = row.querySelector("th a").textContent + ": " + row.querySelector(".lencana").textContent.trim();
    });
  }

  let waiting = false;
  async function reload(board) {
    if (waiting) return;
    waiting = true;
    await new Promise((done) => setTimeout(done, Math.random() * 1500)); // not all boards at once
    waiting = false;
    const answer = await fetch(location.href, { headers: { "X-Bagian": "1" } }).catch(() => null);
    if (!answer || !answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const group of ["belum", "periksa", "sudah", "libur"]) {
      const fresh = page.querySelector(`#k-${group} tbody`), old = board.querySelector(`#k-${group} tbody`);
      if (fresh && old) old.replaceWith(fresh);
    }
    filter(board, document.getElementById("cari").value);
  }
})();
