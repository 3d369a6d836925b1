/** `category` HUBSPOT_DEFINED throughout; ids as in HubSpot's association type table. */
interface AssociationType {
  readonly typeId: number;
  readonly label: string | null;
  /** Name in `associations` of object reads. */
  readonly name: string;
}

interface Pair {
  unlabelled: AssociationType;
  primary?: AssociationType;
}

const pairs = new Map<string, Pair>();

function define(from: string, to: string, [typeId, name]: [number, string], primaryId?: number): void {
  const hasPrimary = primaryId !== undefined;
  const unlabelled = { typeId, label: null, name: hasPrimary ? `${name}_unlabeled` : name };
  pairs.set(`${from}:${to}`, {
    unlabelled,
    ...(hasPrimary ? { primary: { typeId: primaryId, label: 'Primary', name } } : {}),
  });
}

define('contacts', 'companies', [279, 'contact_to_company'], 1);
define('companies', 'contacts', [280, 'company_to_contact'], 2);
define('deals', 'companies', [341, 'deal_to_company'], 5);
define('companies', 'deals', [342, 'company_to_deal'], 6);
define('contacts', 'deals', [4, 'contact_to_deal']);
define('deals', 'contacts', [3, 'deal_to_contact']);

/** [object, name in types, to contact, from contact, to company, from company, to deal, from deal] */
const ENGAGEMENTS: readonly [string, string, number, number, number, number, number, number][] = [
  ['calls', 'call', 194, 193, 182, 181, 206, 205],
  ['emails', 'email', 198, 197, 186, 185, 210, 209],
  ['meetings', 'meeting_event', 200, 199, 188, 187, 212, 211],
  ['notes', 'note', 202, 201, 190, 189, 214, 213],
  ['tasks', 'task', 204, 203, 192, 191, 216, 215],
];

for (const [object, name, toContact, fromContact, toCompany, fromCompany, toDeal, fromDeal] of ENGAGEMENTS) {
  define(object, 'contacts', [toContact, `${name}_to_contact`]);
  define('contacts', object, [fromContact, `contact_to_${name}`]);
  define(object, 'companies', [toCompany, `${name}_to_company`]);
  define('companies', object, [fromCompany, `company_to_${name}`]);
  define(object, 'deals', [toDeal, `${name}_to_deal`]);
  define('deals', object, [fromDeal, `deal_to_${name}`]);
}

export function associationPair(from: string, to: string): Pair | undefined {
  return pairs.get(`${from}:${to}`);
}

export function isPrimaryType(from: string, to: string, typeId: number): boolean {
  return pairs.get(`${from}:${to}`)?.primary?.typeId === typeId;
}

/** A primary association always carries the unlabelled type too, primary first (captured batch read). */
export function typesOf(from: string, to: string, primary: boolean): AssociationType[] {
  const pair = associationPair(from, to);
  if (pair === undefined) return [];
  return primary && pair.primary !== undefined ? [pair.primary, pair.unlabelled] : [pair.unlabelled];
}

/** Which object a type id leads to from here. */
export function objectTypeOfAssociation(from: string, typeId: number): { to: string; primary: boolean } | undefined {
  for (const [key, { unlabelled, primary }] of pairs) {
    const [start, to = ''] = key.split(':');
    if (start !== from) continue;
    if (unlabelled.typeId === typeId) return { to, primary: false };
    if (primary?.typeId === typeId) return { to, primary: true };
  }
  return undefined;
}
