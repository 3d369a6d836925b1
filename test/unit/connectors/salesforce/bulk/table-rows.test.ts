import { describe, expect, test } from 'vitest';
import { tableReader } from '../../../../../connectors/salesforce/bulk/table-rows.ts';
import { RequestError, type FieldSchema } from '../../../../../src/connector-sdk/index.ts';

const field = (name: string, type: FieldSchema['type']): FieldSchema => ({
  name,
  label: name,
  type,
  options: [],
  readOnly: false,
  calculated: false,
  custom: false,
});
const schema = [
  field('Id', 'text'),
  field('HasResponded', 'boolean'),
  field('Amount', 'number'),
  field('CampaignId', 'text'),
  field('Zip', 'text'),
];
const columns = ['Id', 'HasResponded', 'Amount', 'Zip', 'Campaign.Name', 'Campaign.Type'];

describe('a line of a table becomes the row of REST', () => {
  const read = tableReader(columns, columns, schema);

  test.for<readonly [readonly string[], object]>([
    [
      ['00v1', 'true', '12.0', '007', 'Autumn', ''],
      { Id: '00v1', HasResponded: true, Amount: 12, Zip: '007', Campaign: { Name: 'Autumn', Type: null } },
    ],
    [
      ['00v1', 'false', '-0.5', '', '', ''],
      { Id: '00v1', HasResponded: false, Amount: -0.5, Zip: null, Campaign: null },
    ],
    // What does not fit is not made to: it is reported when it is decoded.
    [
      ['00v1', 'maybe', '1e3', 'x', '', ''],
      { Id: '00v1', HasResponded: 'maybe', Amount: '1e3', Zip: 'x', Campaign: null },
    ],
    [['00v1', '', '', '', '', ''], { Id: '00v1', HasResponded: null, Amount: null, Zip: null, Campaign: null }],
  ])('%j', ([cells, row]) => {
    expect(read(cells)).toEqual(row);
  });

  test('columns are found by name, in any order and spelling, and others are left out', () => {
    const other = tableReader(['Id', 'Zip'], ['ZIP', 'extra', 'id'], schema);
    expect(other(['007', 'x', '00v1'])).toEqual({ Id: '00v1', Zip: '007' });
  });

  test('a table without one of the columns is of another mapping', () => {
    expect(() => tableReader(columns, columns.slice(1), schema)).toThrow(RequestError);
  });
});
