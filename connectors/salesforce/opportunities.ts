import type { FieldSchema, Fields } from 'leadloop/connector-sdk';
import { decodeValue, type Decoder } from './decode.ts';
import type { WireRecord } from './wire.ts';

/** What every connector calls the fields of an opportunity. */
export const opportunitySchema: readonly FieldSchema[] = [
  field('name', 'text'),
  field('stage', 'text'),
  field('amount', 'number'),
  { ...field('state', 'option'), options: ['open', 'won', 'lost'] },
  field('createdAt', 'datetime'),
];

function field(name: string, type: FieldSchema['type']): FieldSchema {
  return { name, label: name, type, options: [], readOnly: true, calculated: false, custom: false };
}

/** PURE. An opportunity under those names, from a decoder of the rest. */
export function opportunityDecoder(decode: Decoder): Decoder {
  return (row) => {
    const { record, rejected } = decode(row);
    return { record: record === null ? null : { ...record, fields: fieldsOf(row) }, rejected };
  };
}

function fieldsOf({ Name, StageName, Amount, IsClosed, IsWon, CreatedDate }: WireRecord): Fields {
  return {
    name: decodeValue('text', Name) ?? null,
    stage: decodeValue('text', StageName) ?? null,
    amount: decodeValue('number', Amount) ?? null,
    state: stateOf(IsClosed === true, IsWon === true),
    createdAt: decodeValue('datetime', CreatedDate) ?? null,
  };
}

/** Stages have any name in an organisation; whether one is closed, and won, Salesforce says itself. */
function stateOf(isClosed: boolean, isWon: boolean): 'open' | 'won' | 'lost' {
  if (isWon) return 'won';
  return isClosed ? 'lost' : 'open';
}
