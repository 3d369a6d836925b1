import type { Owner } from '../store/portal.ts';

const BORN = '2023-02-14T09:30:00.120Z';

function owner(index: number, firstName: string, lastName: string, rest: Partial<Owner> = {}): Owner {
  const userId = 2_506_672 + index * 311;
  return {
    // An owner's id is not the user's id; hubspot_owner_id holds the former.
    id: String(31_871_817 + index * 83),
    email: `${firstName}.${lastName}@starling-learning.example`.toLowerCase(),
    type: 'PERSON',
    firstName,
    lastName,
    userId,
    userIdIncludingInactive: userId,
    createdAt: BORN,
    updatedAt: BORN,
    archived: false,
    teams: [{ id: '178', name: index % 2 === 0 ? 'East' : 'West', primary: true }],
    ...rest,
  };
}

export function seedOwners(): Owner[] {
  return [
    owner(0, 'Avery', 'Stone'),
    owner(1, 'Jordan', 'Blake'),
    owner(2, 'Casey', 'Monroe'),
    owner(3, 'Riley', 'Quinn'),
    owner(4, 'Inbound', 'Queue', { type: 'QUEUE' }),
    owner(5, 'Morgan', 'Former', { archived: true, userId: null }),
  ];
}
