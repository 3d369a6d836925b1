import { Badge, Group, Loader, Paper, Select, Text, TextInput, VisuallyHidden } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import type { PreviewRecord, ScoreSide } from '../../../http/api/mapping/schemas.ts';
import { lazyList } from './context.ts';

interface Props {
  readonly records: readonly PreviewRecord[];
  readonly shown: PreviewRecord | null;
  readonly isBusy: boolean;
  readonly search: string;
  readonly onSearch: (words: string) => void;
  readonly onShow: (id: string) => void;
}

/** Which real record the rules are tried on, and what it would score. */
export function PreviewBar({ records, shown, isBusy, search, onSearch, onShow }: Props) {
  const [words, setWords] = useState(search);
  return (
    <Paper withBorder p="sm">
      <Group justify="space-between" align="flex-end">
        <Group align="flex-end">
          <Select
            comboboxProps={lazyList}
            label="Try it on"
            w={240}
            allowDeselect={false}
            placeholder="No record found"
            data={records.map(({ id, label }) => ({ value: id, label }))}
            value={shown?.id ?? null}
            onChange={(id) => id !== null && onShow(id)}
          />
          <form
            role="search"
            aria-label="Records to try"
            onSubmit={(event) => {
              event.preventDefault();
              onSearch(words.trim());
            }}
          >
            <TextInput
              label="Find another record"
              placeholder="name, e-mail address or id, then Enter"
              leftSection={<IconSearch size={16} aria-hidden />}
              w={280}
              value={words}
              onChange={(event) => {
                setWords(event.currentTarget.value);
                if (event.currentTarget.value === '') onSearch('');
              }}
            />
          </form>
        </Group>
        <div aria-live="polite">{shown !== null && <Effect record={shown} isBusy={isBusy} />}</div>
      </Group>
    </Paper>
  );
}

function Effect({ record, isBusy }: { readonly record: PreviewRecord; readonly isBusy: boolean }) {
  const { now, draft } = record;
  return (
    <Group gap="xs" aria-busy={isBusy}>
      {isBusy && <Loader size={14} aria-hidden />}
      <Text size="sm" c="dimmed">
        Score
      </Text>
      {now === null ? <Text size="sm">not pulled yet</Text> : <Side side={now} />}
      <Text size="sm" aria-hidden>
        →
      </Text>
      <VisuallyHidden>becomes</VisuallyHidden>
      {draft === null ? <Badge color="red">the record would be rejected</Badge> : <Side side={draft} isNew />}
      {now !== null && draft !== null && now.total !== draft.total && (
        <Badge color={draft.total > now.total ? 'teal' : 'orange'}>
          {draft.total > now.total ? '+' : '−'}
          {Math.abs(draft.total - now.total)}
        </Badge>
      )}
    </Group>
  );
}

function Side({ side, isNew = false }: { readonly side: ScoreSide; readonly isNew?: boolean }) {
  return (
    <Group gap={4}>
      <Text fw={isNew ? 700 : 400} className="numbers">
        {side.total}
      </Text>
      <Badge color="gray">{side.tier}</Badge>
      {side.qualifies && <Badge color="indigo">MQL</Badge>}
    </Group>
  );
}
