/** The page on which somebody lets an app in, as plain HTML: it stands for the vendor's own. */
export interface ConsentPage {
  readonly title: string;
  /** What the app asks for. */
  readonly wishes: readonly string[];
  /** Where the answer is posted, with `decision`: `allow` or `deny`. */
  readonly action: string;
  /** Posted along. */
  readonly hidden: Readonly<Record<string, string>>;
  readonly allow: string;
  readonly deny: string;
}

export function consentPage({ title, wishes, action, hidden, allow, deny }: ConsentPage): string {
  const fields = Object.entries(hidden).map(
    ([name, value]) => `<input type="hidden" name="${escaped(name)}" value="${escaped(value)}">`,
  );
  return page(
    title,
    `<p>It asks for:</p><ul>${wishes.map((wish) => `<li>${escaped(wish)}</li>`).join('')}</ul>
<form method="post" action="${escaped(action)}">${fields.join('')}
<button name="decision" value="allow">${escaped(allow)}</button>
<button name="decision" value="deny">${escaped(deny)}</button></form>`,
  );
}

/** What somebody sees where the app asked in a way that cannot be answered to it. */
export function refusalPage(title: string, message: string): string {
  return page(title, `<p>${escaped(message)}</p>`);
}

function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><head><title>${escaped(title)}</title></head><body><main><h1>${escaped(title)}</h1>\n${body}</main></body></html>\n`;
}

function escaped(text: string): string {
  const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return text.replaceAll(/[&<>"]/g, (character) => entities[character] ?? character);
}
