/** PURE. In which of the formats a file is. */
export const importFormats = ['csv', 'ndjson', 'json'] as const;
export type ImportFormat = (typeof importFormats)[number];

const endings: Readonly<Record<string, ImportFormat>> = {
  csv: 'csv',
  tsv: 'csv',
  ndjson: 'ndjson',
  jsonl: 'ndjson',
  json: 'json',
};

/** By its name, else by how it begins. */
export function formatOf(path: string, beginning: string): ImportFormat {
  const named = endings[path.slice(path.lastIndexOf('.') + 1).toLowerCase()];
  if (named !== undefined) return named;
  const [first] = beginning.trimStart();
  if (first === '[') return 'json';
  return first === '{' ? 'ndjson' : 'csv';
}
