/** A person whom no other text of a log could mean: each word is searched for by itself. */
export const zyxanthe = {
  first: 'Zyxanthe',
  last: 'Quillfeather',
  email: 'zyxanthe.quillfeather@murmuration-unified.example',
  domain: 'murmuration-unified.example',
  company: 'Murmuration Unified Schools',
  title: 'Superintendent of Wyvernholm',
  phone: '+1 (555) 017-9911 ext. 83',
};

/** Whichever of the texts stand in a log, as they are, in other letters, or as a URL writes them. */
export function leaksIn(log: string, texts: Iterable<string>): string[] {
  const haystack = log.toLowerCase();
  const forms = (text: string): string[] => [text, encodeURIComponent(text), JSON.stringify(text).slice(1, -1)];
  return [...new Set(texts)].filter((text) => forms(text).some((form) => haystack.includes(form.toLowerCase())));
}

/** Of a CRM record: what tells of a person. Too short a text could be a word of ours. */
export function privateIn(values: Readonly<Record<string, unknown>>, fields: readonly string[]): string[] {
  return fields
    .map((field) => values[field])
    .filter((value): value is string => typeof value === 'string' && value.length >= 8);
}
