/** Text that is HTML already. Only `html` makes it, so whatever else reaches a page is escaped. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type Content = Html | string | number | null | undefined | false | readonly Content[];

/**
 * HTML from a template: strings of the template as they are, values escaped, for element content and for attribute values
 * in double quotes. A value is never a tag name, an attribute name, a script or a style.
 */
export function html(strings: TemplateStringsArray, ...values: readonly Content[]): Html {
  return new Html(strings.map((part, index) => part + textOf(values[index])).join(''));
}

function textOf(content: Content): string {
  if (content === null || content === undefined || content === false) return '';
  if (content instanceof Html) return content.text;
  if (typeof content === 'string') return escaped(content);
  return typeof content === 'number' ? String(content) : content.map(textOf).join('');
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

// Control characters mean nothing in HTML; what comes from a CRM may hold them all the same.
// oxlint-disable-next-line no-control-regex -- control characters are what this replaces
const unwanted = /[&<>"']|[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/gu;

function escaped(text: string): string {
  return text.replaceAll(unwanted, (character) => entities[character] ?? '\ufffd');
}
