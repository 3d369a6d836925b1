import { Stack, Text } from '@mantine/core';
import type { InRuleForm, MappedCell } from '../../../http/api/mapping/schemas.ts';
import { Empty } from '../../parts/empty.tsx';
import { useEditorView } from './context.ts';
import { InRuleRow } from './in-rule.tsx';
import { RuleList } from './rule-list.tsx';
import { freshInRule } from './use-editor.ts';

interface Props {
  readonly rules: readonly InRuleForm[];
  readonly onChange: (rules: readonly InRuleForm[]) => void;
}

/** Until the preview has followed a move, the place is another rule's. */
function cellOf(cell: MappedCell | undefined, { to }: InRuleForm): MappedCell | null {
  return cell === undefined || cell.to !== to ? null : cell;
}

/** What of the CRM becomes what of a lead: a row a rule, with what it makes of the record that is shown. */
export function InRules({ rules, onChange }: Props) {
  const { mapping, object, shown } = useEditorView();
  const kind = mapping.objects.find((one) => one.object === object)?.kind ?? 'lead';
  const targets = mapping.targets.filter(({ isCompany }) => kind === 'company' || !isCompany);
  return (
    <Stack gap="xs">
      {rules.length > 0 && (
        <div className="mapping-row mapping-head" aria-hidden>
          <Text size="xs" fw={600} c="dimmed">
            {mapping.label} field
          </Text>
          <span />
          <Text size="xs" fw={600} c="dimmed">
            Field of the lead
          </Text>
          <Text size="xs" fw={600} c="dimmed">
            {shown === null ? 'Preview' : `Preview: ${shown.label}`}
          </Text>
          <span />
        </div>
      )}
      {rules.length === 0 && (
        <Empty title={`Nothing of ${object} is read`}>
          Add a rule, or take one of the suggestions: each says which field of {mapping.label} fills which field of the
          lead.
        </Empty>
      )}
      <RuleList
        label={`Rules that read ${object}`}
        rules={rules}
        added={(known) => [...known, freshInRule]}
        onChange={onChange}
        row={(place) => (
          <InRuleRow
            {...place}
            targets={targets}
            taken={new Set(rules.flatMap(({ to }, at) => (at === place.index ? [] : [to])))}
            cell={cellOf(shown?.cells[place.index], place.rule)}
          />
        )}
      />
    </Stack>
  );
}
