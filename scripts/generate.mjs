// `npm run generate`: files that follow from the code. With --check (in `npm run check`) it only compares.
//   config/*.schema.json     the form of the configuration, for editors
//   docs/openapi.json        the API, as GET /api/openapi.json answers
//   docs/configuration.md    its tables of keys, between the markers; those of a CRM follow from its connector
//   connectors/salesforce/package/    what an administrator of Salesforce deploys
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { connectors } from '../connectors/index.ts';
import { configFileSchema } from '../src/config/schema.ts';
import { mappingFileSchema } from '../src/config/schema-mapping.ts';
import { profileFileSchema } from '../src/config/schema-profile.ts';
import { openApiDocument } from '../src/http/api/openapi-document.ts';
import { root } from './run.mjs';
import { salesforcePackage } from './salesforce-package.mjs';

const forms = { leadloop: configFileSchema, mapping: mappingFileSchema, profile: profileFileSchema };

const variants = (schema) => [schema, ...(schema.anyOf ?? []).flatMap(variants)];
const type = (schema) => {
  if (schema.enum) return [...new Set(schema.enum.map((value) => `\`${value}\``))].join(', ');
  if ('const' in schema) return `\`${schema.const}\``;
  if (schema.anyOf) return [...new Set(schema.anyOf.map(type))].join(' or ');
  if (schema.type === 'array') return `list of ${type(schema.items)}`;
  return schema.type ?? 'any';
};
const cell = (text) => String(text).replaceAll('|', '\\|').replaceAll('\n', ' ');

/** One row a key; a form that stands in several places (a mapping may be a path or the mapping itself) is told once. */
function rows(schema, prefix, toldElsewhere) {
  return variants(schema).flatMap((variant) => {
    if (toldElsewhere.includes(variant)) return [];
    if (variant.type === 'array') return rows(variant.items, `${prefix}[]`, toldElsewhere);
    const children = Object.entries({ ...variant.properties, ...named(variant) });
    return children.flatMap(([key, child]) => {
      const path = prefix === '' ? key : `${prefix}.${key}`;
      const must = variant.required?.includes(key)
        ? 'required'
        : 'default' in child
          ? `\`${JSON.stringify(child.default)}\``
          : '–';
      return [
        `| \`${path}\` | ${cell(type(child))} | ${cell(must)} | ${cell(child.description ?? '')} |`,
        ...rows(child, path, toldElsewhere),
      ];
    });
  });
}

/** Objects with keys of the user's own choice. */
function named(schema) {
  const value = Object.values(schema.patternProperties ?? {})[0] ?? schema.additionalProperties;
  return typeof value === 'object' && value.type !== undefined ? { '<name>': value } : {};
}

function table(schema, prefix = '') {
  const others = Object.values(forms).filter((other) => other !== schema);
  const lines = [...new Set(rows(schema, prefix, others))];
  return ['| key | value | default | meaning |', '|---|---|---|---|', ...lines].join('\n');
}

/** The ways to log in to a CRM, and the settings of its connector. */
function connectorTables({ settings, credentials }) {
  const ways = variants(credentials).filter(({ properties }) => properties !== undefined);
  const lines = ways.map(({ title, properties, required }) => {
    const keys = Object.entries(properties).map(([key, { description }]) => {
      const name = required.includes(key) ? `\`${key}\`` : `\`${key}\` (optional)`;
      return description === undefined ? name : `${name}: ${description}`;
    });
    return `| ${title} | ${cell(keys.join('<br>'))} |`;
  });
  return ['| login | credentials |', '|---|---|', ...lines, '', table(settings, 'settings')].join('\n');
}

const manual = 'docs/configuration.md';
const tables = {
  ...Object.fromEntries(Object.entries(forms).map(([name, schema]) => [name, table(schema)])),
  ...Object.fromEntries(connectors.map((connector) => [connector.kind, connectorTables(connector)])),
};
const filled = Object.entries(tables).reduce(
  (text, [name, content]) =>
    text.replace(
      new RegExp(`(<!-- generated: ${name} -->\n)[\\s\\S]*?(<!-- end -->)`),
      (_, begin, end) => `${begin}\n${content}\n\n${end}`,
    ),
  readFileSync(join(root, manual), 'utf8'),
);
const files = {
  [manual]: filled,
  'docs/openapi.json': `${JSON.stringify(await openApiDocument(), null, 2)}\n`,
  ...Object.fromEntries(
    Object.entries(forms).map(([name, schema]) => [
      `config/${name}.schema.json`,
      `${JSON.stringify({ $schema: 'https://json-schema.org/draft/2020-12/schema', title: `leadloop ${name}`, ...schema }, null, 2)}\n`,
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(salesforcePackage()).map(([path, content]) => [`connectors/salesforce/package/${path}`, content]),
  ),
};

for (const [file, content] of Object.entries(files)) {
  const path = join(root, file);
  if (read(path) === content) continue;
  if (process.argv.includes('--check')) {
    console.log(`${file} is out of date; remedy: npm run generate`);
    process.exitCode = 1;
  } else {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    console.log(`${file} written`);
  }
}

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
