/** DATA: what a page of the console asks of the API when somebody opens it. */
import { connectionName } from './scene.ts';

export interface Ask {
  readonly method: 'GET' | 'POST';
  /** Below /api/v1/orgs/ORG. */
  readonly path: string;
  readonly body?: object;
}

export interface ShownPage {
  readonly page: string;
  /** All at once, as the browser does. */
  readonly asks: readonly Ask[];
}

/** What the addresses and bodies need. */
export interface Shown {
  /** Somebody whom the CRM has. */
  readonly lead: string;
  /** Somebody whose write waits. */
  readonly waiting: string;
  /** Somebody else, with a signup. */
  readonly signup: string;
  readonly run: string;
  readonly mapping: object;
  readonly mql: object;
  readonly plg: object;
  /** A kind of rejected records. */
  readonly kind: Readonly<Record<'name' | 'object' | 'stage' | 'code' | 'field', string>>;
}

const get = (path: string): Ask => ({ method: 'GET', path });
const post = (path: string, body: object): Ask => ({ method: 'POST', path, body });
const own = `/connections/${connectionName}`;

export function shownPages({ lead, waiting, signup, run, mapping, mql, plg, kind }: Shown): readonly ShownPage[] {
  const ofKind = new URLSearchParams({ of: 'connection', ...kind }).toString();
  return [
    { page: 'overview', asks: [get('/overview')] },
    { page: 'leads', asks: [get('/leads')] },
    ...leadLists,
    { page: 'person', asks: [get(`/leads/${lead}`)] },
    { page: 'person whose write waits', asks: [get(`/leads/${waiting}`)] },
    { page: 'person with a signup', asks: [get(`/leads/${signup}`)] },
    { page: 'person: what the CRM has, which is asked', asks: [get(`/leads/${lead}/crm`)] },
    {
      page: 'signups, a column for each tier',
      asks: [
        get('/signups?limit=8'),
        ...['hot', 'warm', 'nurture', 'monitor'].map((tier) => get(`/signups?limit=8&tier=${tier}`)),
      ],
    },
    { page: 'signups of a tier', asks: [get('/signups?limit=8'), get('/signups?limit=24&tier=hot')] },
    { page: 'signups from a score on', asks: [get('/signups?limit=8&minScore=90')] },
    { page: 'runs', asks: [get('/runs'), get('/standing')] },
    { page: 'runs, looks as well', asks: [get('/runs?looks=true'), get('/standing')] },
    { page: 'runs that failed', asks: [get('/runs?status=failed'), get('/standing')] },
    { page: 'a run', asks: [get(`/runs/${run}`), get('/standing')] },
    { page: 'rejected', asks: [get('/rejected'), get('/standing')] },
    {
      page: 'rejected records of a kind',
      asks: [get('/rejected'), get('/standing'), get(`/rejected/records?${ofKind}`)],
    },
    { page: 'push', asks: [get('/standing'), get(`${own}/push`), get(`${own}/push/records?limit=25`)] },
    {
      page: 'push, of a tier',
      asks: [get('/standing'), get(`${own}/push`), get(`${own}/push/records?limit=25&tier=hot`)],
    },
    { page: 'push, of a field', asks: [get(`${own}/push/records?limit=25&field=no_such_field`)] },
    { page: 'connections', asks: [get('/connections')] },
    { page: 'a connection', asks: [get(own)] },
    { page: 'settings of a connection', asks: [get(own), get('/connectors')] },
    { page: 'what goes with a connection', asks: [get(`${own}/deletion`)] },
    { page: 'mapping', asks: [get(`${own}/mapping`), get(`${own}/mapping/drift`)] },
    {
      page: 'mapping: live fields, check, preview',
      asks: [
        get(`${own}/mapping/fields?object=contacts`),
        post(`${own}/mapping/check`, { definition: mapping }),
        post(`${own}/mapping/preview`, { definition: mapping, object: 'contacts' }),
      ],
    },
    { page: 'mapping: live fields of companies', asks: [get(`${own}/mapping/fields?object=companies`)] },
    { page: 'mapping: consequences', asks: [post(`${own}/mapping/consequences`, { definition: mapping })] },
    { page: 'mapping: versions', asks: [get(`${own}/mapping/versions`)] },
    { page: 'scoring', asks: [get('/profiles')] },
    ...profilePages('mql', mql, lead),
    ...profilePages('plg', plg, signup),
    { page: 'members', asks: [get('/members')] },
    { page: 'tokens', asks: [get('/tokens')] },
    { page: 'audit log', asks: [get('/audit')] },
    { page: 'audit log about connections', asks: [get('/audit?about=connection')] },
  ];
}

const leadLists: readonly ShownPage[] = [
  { page: 'leads of a status', asks: [get('/leads?status=opportunity')] },
  ...['hot', 'warm', 'nurture', 'monitor'].map((tier) => ({
    page: `leads of the tier ${tier}`,
    asks: [get(`/leads?tier=${tier}`)],
  })),
  { page: 'leads of a tier and a status', asks: [get('/leads?tier=warm&status=opportunity')] },
  { page: 'leads of a segment', asks: [get('/leads?segment=Enterprise')] },
  { page: 'leads of a connection', asks: [get('/leads?connection=second')] },
  { page: 'leads, a search for an address', asks: [get('/leads?search=person777777%40district474.example')] },
  { page: 'leads, a search for nobody', asks: [get('/leads?search=nobody+at+all')] },
];

function profilePages(kind: 'mql' | 'plg', profile: object, lead: string): readonly ShownPage[] {
  const at = `/profiles/${kind}`;
  return [
    { page: `profile ${kind}`, asks: [get(at), get(`${at}/draft`), get(`${at}/tests`)] },
    {
      page: `profile ${kind}: preview of a sample, a receipt`,
      asks: [
        post(`${at}/preview`, { profile }),
        get(`${at}/leads?q=`),
        post(`${at}/receipt`, { profile, leadId: lead }),
        post(`${at}/tests/results`, { profile, tests: [] }),
      ],
    },
    { page: `profile ${kind}: a search for a lead`, asks: [get(`${at}/leads?q=nobody`)] },
    { page: `profile ${kind}: versions`, asks: [get(`${at}/versions`)] },
  ];
}
