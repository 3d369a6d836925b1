/** PURE. Whose address says nothing of a company: the same as in the generated column `is_company_email`. */
const freeMail = ['gmail.com', 'yahoo.com', 'hotmail.com', 'outlook.com', 'icloud.com'];

/** The company that an address tells of; null for free mail. */
export function ownDomain(email: string): string | null {
  const domain = email.slice(email.lastIndexOf('@') + 1);
  return freeMail.includes(domain) ? null : domain;
}
