import { Button, Stack, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { Navigate, useLocation } from 'react-router';
import { useSession, useSetUp, useWelcome } from '../../api/session.ts';
import { Loading } from '../../parts/loading.tsx';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { Entrance } from './entrance.tsx';
import { NewPassword } from './new-password.tsx';

/** Where the one-time link of the first start leads. */
export function SetUpPage() {
  const token = useLocation().hash.slice(1);
  const [form, setForm] = useState({ name: '', email: '', password: '', org: '' });
  /** Null = nobody has touched it: it follows the name. */
  const [slug, setSlug] = useState<string | null>(null);
  const setUp = useSetUp();
  const session = useSession();
  const { data: welcome, isPending } = useWelcome();
  if (session.data) return <Navigate to="/" replace />;
  if (isPending) return <Loading />;
  const needsOrg = welcome?.hasOrg === false;
  const shortName = slug ?? slugOf(form.org);
  const change = (part: Partial<typeof form>): void => setForm((now) => ({ ...now, ...part }));
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const { org, ...person } = form;
    setUp.mutate({ token, ...person, ...(needsOrg && { org: { slug: shortName, name: org } }) });
  };
  return (
    <Entrance title="Welcome to leadloop" lead="Make the first account. It is an admin of everything here.">
      <form onSubmit={submit}>
        <Stack>
          {needsOrg && (
            <>
              <TextInput
                label="Your organisation"
                description="As people call it."
                required
                maxLength={100}
                value={form.org}
                onChange={(event) => change({ org: event.currentTarget.value })}
              />
              <TextInput
                label="Short name"
                description={shortNameRule}
                required
                maxLength={63}
                pattern="[a-z0-9][a-z0-9\-]*"
                title={shortNameRule}
                value={shortName}
                onChange={(event) => setSlug(event.currentTarget.value)}
              />
            </>
          )}
          <TextInput
            label="Your name"
            autoComplete="name"
            required
            value={form.name}
            onChange={(event) => change({ name: event.currentTarget.value })}
          />
          <TextInput
            label="E-mail address"
            type="email"
            autoComplete="username"
            required
            value={form.email}
            onChange={(event) => change({ email: event.currentTarget.value })}
          />
          <NewPassword value={form.password} onChange={(password) => change({ password })} />
          {setUp.error !== null && <ProblemNote error={setUp.error} />}
          <Button type="submit" loading={setUp.isPending}>
            Make the account
          </Button>
        </Stack>
      </form>
    </Entrance>
  );
}

const shortNameRule = 'In addresses, such as acme-schools: lower-case letters a to z, digits and hyphens.';

/** `École Acme` → `ecole-acme`. Empty where a name has no letter of these: then somebody has to think of one. */
function slugOf(name: string): string {
  return name
    .toLowerCase()
    .normalize('NFKD')
    .replaceAll(/\p{Mark}+/gu, '')
    .replaceAll(/[^a-z0-9]+/gu, '-')
    .replaceAll(/^-|-$/gu, '')
    .slice(0, 63);
}
