// The one script of the page: each document opened at its first quote, a new answer with its question on top, a page
// that was drawn in view, and keys that lead from source to source.
(() => {
  for (const box of document.querySelectorAll(".dl-read:not([data-dl-seen])")) {
    box.dataset.dlSeen = "1";
    const first = box.querySelector("mark");
    if (first) box.scrollTop = first.offsetTop - box.offsetTop - 60;
  }
  const answers = document.querySelectorAll(".dl-answer").length;
  if (window.dlAnswers !== undefined && answers > window.dlAnswers) {
    [...document.querySelectorAll(".dl-question")].at(-1)?.scrollIntoView({ block: "start" });
  }
  window.dlAnswers = answers;
  // The picture comes after the script; and Streamlit keeps a page that was at its end there when it grows, and takes
  // half a second to get there.
  const bringDrawn = (tries) => {
    const image = document.querySelector('[class*="st-key-drawn-"] img:not([data-dl-seen])');
    if (!image?.complete) return tries && setTimeout(bringDrawn, 100, tries - 1);
    image.dataset.dlSeen = "1";
    setTimeout(() => image.closest('[class*="st-key-drawn-"]').scrollIntoView({ block: "start" }), 500);
  };
  bringDrawn(20);
  if (window.dlKeys) return;
  window.dlKeys = true;
  document.addEventListener("keydown", (event) => {
    const step = { n: 1, p: -1 }[event.key];
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (!step || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    const quotes = [...new Set([...document.querySelectorAll(".dl-answer a.dl-marker")].map((one) => one.hash))];
    const at = quotes.indexOf(location.hash);
    const next = quotes[at < 0 ? (step > 0 ? 0 : quotes.length - 1) : at + step];
    if (next) document.querySelector(`.dl-answer a.dl-marker[href="${next}"]`).click();
  });
})();
