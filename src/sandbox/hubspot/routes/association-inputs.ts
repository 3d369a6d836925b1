import { objectTypeOfAssociation } from '../store/association-types.ts';
import type { ObjectTable } from '../store/object-table.ts';
import type { CrmRecord } from '../store/record.ts';
import type { Store } from '../store/store.ts';
import { isObject } from '../input.ts';

interface AssociationInput {
  readonly to: number;
  readonly typeIds: readonly number[];
}

/** Reads the `associations` of a create: `[{to:{id},types:[{associationCategory,associationTypeId}]}]`. */
export function readAssociationInputs(raw: unknown): AssociationInput[] {
  if (!Array.isArray(raw)) return [];
  return raw.filter(isObject).map(({ to, types }) => ({
    to: isObject(to) ? Number(to['id']) : Number.NaN,
    typeIds: readTypeIds(types),
  }));
}

export function readTypeIds(types: unknown): number[] {
  if (!Array.isArray(types)) return [];
  return types.filter(isObject).map((type) => Number(type['associationTypeId']));
}

export function associateAll(
  store: Store,
  table: ObjectTable,
  record: CrmRecord,
  inputs: readonly AssociationInput[],
): void {
  for (const { to, typeIds } of inputs) {
    for (const typeId of typeIds) {
      const target = objectTypeOfAssociation(table.type.name, typeId);
      if (target === undefined || store.table(target.to).get(to) === undefined) continue;
      associate(store, { type: table.type.name, id: record.id }, { type: target.to, id: to }, target.primary);
    }
  }
}

interface End {
  type: string;
  id: number;
}

/**
 * Moves no modification time, but the primary company shows up in `associatedcompanyid`. A contact's first company
 * becomes its primary one (recorded: only the unlabelled type was sent, "Primary Company" came back).
 */
export function associate(store: Store, from: End, to: End, askedPrimary: boolean): boolean {
  const companies = [from, to].filter((end) => end.type === 'companies').length === 1;
  const [owner, company] = from.type === 'companies' ? [to, from] : [from, to];
  const first = companies && store.associations.list(owner.type, 'companies', owner.id).length === 0;
  const primary = companies && (askedPrimary || first);
  store.associations.add(companies ? owner : from, companies ? company : to, primary);
  if (primary && owner.type === 'contacts') showCompany(store, owner.id, company.id);
  return primary;
}

function showCompany(store: Store, contactId: number, companyId: number): void {
  const contact = store.contacts.get(contactId);
  if (contact === undefined) return;
  const properties = { ...contact.properties, associatedcompanyid: String(companyId) };
  store.update(store.contacts, contact, properties, undefined);
}
