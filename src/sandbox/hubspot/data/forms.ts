import type { EmailEvent, Form, Submission } from '../store/portal.ts';
import type { Random } from '../../server/random.ts';

const BORN = '2024-03-04T15:00:21.442Z';

interface SeededForm extends Form {
  /** As it shows in recent_conversion_event_name: "<page title>: <form name>". */
  readonly page: string;
  readonly weight: number;
}

function form(id: string, name: string, page: string, weight: number): SeededForm {
  return { id, name, page, weight, createdAt: BORN, updatedAt: BORN, formType: 'hubspot' };
}

export const DEMO_FORM = form('0c4d6f0a-5c1b-4a53-9d0e-6a1f2f6b7d01', 'Demo Request', 'Request a Demo', 2);

const FORMS: readonly SeededForm[] = [
  DEMO_FORM,
  form('3a2f9be4-7b1d-4c62-8f3e-1d2c5a4b6e02', 'Whitepaper Download', 'Assessment Whitepaper', 4),
  form('7e8d1c52-2f6a-4b90-a1c4-9b3d7f5e8c03', 'Case Study Download', 'Customer Stories', 3),
  form('b91c3d74-6e5f-4a28-bd17-2c8e4f6a9d04', 'Newsletter Signup', 'Newsletter', 5),
];

const COMMENTS: Form = {
  id: 'd5e6f708-1a2b-4c3d-9e4f-5a6b7c8d9e05',
  name: 'Blog Comments',
  createdAt: BORN,
  updatedAt: BORN,
  formType: 'blog_comment',
};

export function seedForms(): Form[] {
  const plain = FORMS.map(({ id, name, createdAt, updatedAt, formType }) => ({
    id,
    name,
    createdAt,
    updatedAt,
    formType,
  }));
  return [...plain, COMMENTS];
}

export function pickForm(random: Random): SeededForm {
  return random.pick(FORMS.flatMap((candidate) => Array.from({ length: candidate.weight }, () => candidate)));
}

export function conversionName({ page, name }: SeededForm): string {
  return `${page}: ${name}`;
}

interface Submitter {
  email: string;
  firstname: string;
  contactId: number;
}

function value(name: string, text: string): Submission['values'][number] {
  return { name, value: text, objectTypeId: '0-1' };
}

export function submission(submitter: Submitter, at: number, chosen: SeededForm): Submission {
  return {
    conversionId: `${submitter.contactId}-${at}`,
    submittedAt: at,
    values: [value('email', submitter.email), value('firstname', submitter.firstname)],
    pageUrl: `https://www.starling-learning.example/${chosen.page.toLowerCase().replaceAll(' ', '-')}`,
  };
}

export function emailEvent(
  recipient: string,
  { type, at, portalId, serial }: { type: 'OPEN' | 'CLICK'; at: number; portalId: number; serial: number },
): EmailEvent {
  const campaign = 412_000_000 + (serial % 12);
  return {
    id: `ev-${serial.toString(16).padStart(8, '0')}`,
    created: at,
    type,
    recipient,
    emailCampaignId: campaign,
    appId: 113,
    portalId,
    sentBy: { id: `sent-${campaign}`, created: at - 3_600_000 },
  };
}
