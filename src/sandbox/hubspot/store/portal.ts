/** What a portal holds beside CRM objects, in the shapes the API prints. */
export interface Owner {
  id: string;
  email: string;
  type: 'PERSON' | 'QUEUE';
  firstName: string;
  lastName: string;
  userId: number | null;
  userIdIncludingInactive: number;
  createdAt: string;
  updatedAt: string;
  archived: boolean;
  teams?: { id: string; name: string; primary: boolean }[];
}

export interface Form {
  id: string;
  name: string;
  createdAt: string;
  updatedAt: string;
  formType: 'hubspot' | 'captured' | 'flow' | 'blog_comment';
}

export interface Submission {
  conversionId: string;
  /** Milliseconds. */
  submittedAt: number;
  values: { name: string; value: string; objectTypeId: string }[];
  pageUrl: string;
}

export interface EmailEvent {
  id: string;
  /** Milliseconds. */
  created: number;
  /** A missing type means UNBOUNCE. */
  type?: string;
  recipient: string;
  emailCampaignId: number;
  appId: number;
  portalId: number;
  sentBy: { id: string; created: number };
}
