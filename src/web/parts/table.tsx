import { Table } from '@mantine/core';
import type { ReactNode } from 'react';

export interface Column<Row> {
  readonly head: string;
  readonly cell: (row: Row) => ReactNode;
  /** Numbers stand to the right, with figures of one width. */
  readonly isNumber?: boolean;
}

interface Props<Row> {
  /** What the table tells, for who does not see it. */
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  /** Below so many pixels it scrolls sideways. */
  readonly minWidth?: number;
}

/** Rows under named columns; scrolls sideways by itself where the screen is narrow. */
export function DataTable<Row>({ caption, columns, rows, keyOf, minWidth = 560 }: Props<Row>) {
  return (
    <Table.ScrollContainer minWidth={minWidth} type="native" tabIndex={0} role="region" aria-label={caption}>
      <Table verticalSpacing="xs" highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            {columns.map(({ head, isNumber = false }) => (
              <Table.Th key={head} scope="col" ta={isNumber ? 'right' : 'left'}>
                {head}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr key={keyOf(row)}>
              {columns.map(({ head, cell, isNumber = false }) => (
                <Table.Td key={head} ta={isNumber ? 'right' : 'left'} className={isNumber ? 'numbers' : ''}>
                  {cell(row)}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
