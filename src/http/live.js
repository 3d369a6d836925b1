// Keeps the parts of the page that carry data-live up to date, without touching what somebody is typing.
const everyMs = 5_000;
const button = document.querySelector('#live');
let isPaused = false;

function show() {
  button.textContent = isPaused ? 'Resume updates' : 'Pause updates';
}

async function update() {
  if (isPaused || document.hidden) return;
  const answer = await fetch(location.href, { headers: { accept: 'text/html' } });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
  for (const part of document.querySelectorAll('[data-live]')) {
    const next = fresh.getElementById(part.id);
    if (next === null || next.innerHTML === part.innerHTML) continue;
    const focused = part.contains(document.activeElement) ? document.activeElement.getAttribute('href') : null;
    const { scrollLeft } = part;
    part.innerHTML = next.innerHTML;
    part.scrollLeft = scrollLeft;
    if (focused !== null) part.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  }
}

if (button !== null) {
  button.hidden = false;
  show();
  button.addEventListener('click', () => {
    isPaused = !isPaused;
    show();
  });
  setInterval(() => void update().catch(() => undefined), everyMs);
}
