import type { Member } from '../../../http/api/members/schemas.ts';

export const roles: Member['role'][] = ['viewer', 'operator', 'admin'];
