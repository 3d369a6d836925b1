import { Text } from '@mantine/core';
import type { DifferenceForm, RuleForm } from '../../../http/api/profiles/schemas.ts';
import { DataTable } from '../../parts/table.tsx';
import { placeText, ruleText } from './words.ts';

interface Props {
  readonly differences: readonly DifferenceForm[];
  readonly from: string;
  readonly to: string;
}

/** Value by value, as the audit log will have it. */
export function Differences({ differences, from, to }: Props) {
  if (differences.length === 0) return <Text size="sm">There is no difference.</Text>;
  return (
    <DataTable
      caption={`Differences from ${from} to ${to}`}
      rows={differences}
      keyOf={({ path }) => path}
      columns={[
        { head: 'What', cell: ({ path }) => placeText(path) },
        { head: from, cell: ({ before }) => valueText(before) },
        { head: to, cell: ({ after }) => valueText(after) },
      ]}
    />
  );
}

function valueText(value: unknown): string {
  if (value === undefined) return '–';
  if (value === null) return 'none';
  if (typeof value !== 'object') return typeof value === 'string' ? value : JSON.stringify(value);
  if ('type' in value && 'label' in value) return `${String(value.label)}: ${ruleText(value as RuleForm)}`;
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value.join(', ');
  return JSON.stringify(value);
}
