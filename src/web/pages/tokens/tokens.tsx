import { Badge, Button, Code, Group } from '@mantine/core';
import { useState } from 'react';
import type { ApiToken } from '../../../http/api/tokens/schemas.ts';
import { useRevokeToken, useTokens } from '../../api/tokens.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { Empty } from '../../parts/empty.tsx';
import { Loading } from '../../parts/loading.tsx';
import { Page } from '../../parts/page.tsx';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { DataTable } from '../../parts/table.tsx';
import { Time } from '../../parts/time.tsx';
import { NewTokenDialog } from './new-token.tsx';

export function TokensPage() {
  const tokens = useTokens();
  const revoke = useRevokeToken();
  const [isMaking, setMaking] = useState(false);
  const [ending, setEnding] = useState<ApiToken | null>(null);
  const make = <Button onClick={() => setMaking(true)}>Make a token</Button>;
  return (
    <Page
      title="API tokens"
      lead="What lets other programs in: each may do what its scopes say, and nothing else."
      actions={make}
    >
      {tokens.isPending && <Loading what="the tokens" />}
      {tokens.error !== null && <ProblemNote error={tokens.error} onRetry={() => void tokens.refetch()} />}
      {tokens.data?.length === 0 && (
        <Empty title="There is no token yet">
          Product usage comes in with one (<Code>POST /api/v1/ingest/usage</Code>), and other programs read scores with
          one.
        </Empty>
      )}
      {tokens.data !== undefined && tokens.data.length > 0 && (
        <DataTable
          caption="API tokens"
          rows={tokens.data}
          keyOf={({ name }) => name}
          columns={[
            { head: 'Name', cell: ({ name }) => <Code>{name}</Code> },
            {
              head: 'May',
              cell: ({ scopes }) => (
                <Group gap={4}>
                  {scopes.map((scope) => (
                    <Badge key={scope} variant="light">
                      {scope}
                    </Badge>
                  ))}
                </Group>
              ),
            },
            { head: 'Made', cell: ({ createdAt }) => <Time at={createdAt} /> },
            { head: 'Last used', cell: ({ lastUsedAt }) => <Time at={lastUsedAt} /> },
            { head: 'Ends', cell: (token) => <End token={token} /> },
            {
              head: 'Change',
              cell: (token) =>
                token.revokedAt === null && (
                  <Button
                    size="xs"
                    variant="default"
                    aria-label={`Revoke ${token.name}`}
                    onClick={() => setEnding(token)}
                  >
                    Revoke
                  </Button>
                ),
            },
          ]}
        />
      )}
      <NewTokenDialog isOpen={isMaking} onClose={() => setMaking(false)} />
      <Confirm
        title={`Revoke ${ending?.name ?? ''}?`}
        action="Revoke"
        isOpen={ending !== null}
        isBusy={revoke.isPending}
        error={revoke.error}
        onClose={() => {
          revoke.reset();
          setEnding(null);
        }}
        onConfirm={() => ending !== null && revoke.mutate(ending, { onSuccess: () => setEnding(null) })}
      >
        Programs that send it are refused from then on. That cannot be taken back: a new one has to be made.
      </Confirm>
    </Page>
  );
}

function End({ token: { expiresAt, revokedAt } }: { readonly token: ApiToken }) {
  if (revokedAt !== null)
    return (
      <>
        revoked <Time at={revokedAt} />
      </>
    );
  return <Time at={expiresAt} never="never" />;
}
