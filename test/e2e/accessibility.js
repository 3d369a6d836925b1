/** Runs in the browser: what a screen reader or a weak eye would stumble over. */
(() => {
  const problems = [];
  const all = (selector) => [...document.querySelectorAll(selector)];
  if (document.documentElement.lang === '') problems.push('no language');
  if (all('h1').length !== 1) problems.push(`${all('h1').length} first headings`);
  if (all('main').length !== 1) problems.push('not one main');
  let level = 0;
  for (const heading of all('h1, h2, h3')) {
    const next = Number(heading.tagName.slice(1));
    if (level > 0 && next > level + 1) problems.push(`heading jumps to ${heading.tagName}: ${heading.textContent}`);
    level = next;
  }
  for (const field of all('input:not([type=hidden]), select')) {
    if (document.querySelector(`label[for="${field.id}"]`) === null) problems.push(`no label: ${field.id}`);
  }
  for (const control of all('a, button'))
    if (control.textContent.trim() === '') problems.push(`nameless ${control.outerHTML}`);
  for (const table of all('table')) {
    if (table.querySelector('caption') === null) problems.push('table without a caption');
    if (table.querySelector('thead th[scope=col]') === null) problems.push('table without column headers');
  }
  const ids = all('[id]').map(({ id }) => id);
  for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) problems.push(`id twice: ${id}`);
  for (const element of all('p, td, th, dt, dd, a, span, label, button, caption')) {
    if (element.textContent.trim() !== '' && contrast(element) < 4.5)
      problems.push(`contrast ${contrast(element).toFixed(1)}: ${element.outerHTML.slice(0, 80)}`);
  }
  return problems;

  function contrast(element) {
    const front = luminance(getComputedStyle(element).color);
    let ground = element;
    while (ground !== null && getComputedStyle(ground).backgroundColor === 'rgba(0, 0, 0, 0)')
      ground = ground.parentElement;
    const back = ground === null ? 1 : luminance(getComputedStyle(ground).backgroundColor);
    return (Math.max(front, back) + 0.05) / (Math.min(front, back) + 0.05);
  }

  // WCAG 2.2, relative luminance.
  function luminance(color) {
    const [red = 0, green = 0, blue = 0] = (color.match(/[\d.]+/gu) ?? []).slice(0, 3).map((part) => {
      const share = Number(part) / 255;
      return share <= 0.040_45 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  }
})();
