import { type Content, html, type Html } from '../html.ts';
import type { PageOrg } from '../page-reader.ts';

export interface Frame {
  readonly title: string;
  readonly orgs: readonly PageOrg[];
  /** Null where no organisation is meant: an error page. */
  readonly org: PageOrg | null;
  readonly now: Date;
  /** Says who can see this. */
  readonly isLocal: boolean;
}

/** The whole document around a page's content. */
export function layout({ title, orgs, org, now, isLocal }: Frame, content: Content): string {
  const other = orgs.filter(({ id }) => id !== org?.id);
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · leadloop</title>
        <link rel="stylesheet" href="/style.css" />
        <link rel="icon" href="/icon.svg" />
        <script src="/live.js" defer></script>
      </head>
      <body>
        <a class="skip" href="#main">Skip to content</a>
        <header>
          <strong><a href="/">leadloop</a></strong>
          ${org === null ? '' : html`<nav aria-label="Sections"><a href="/?org=${org.slug}">Leads</a> <a href="/signups?org=${org.slug}">Signups</a></nav>`}
          ${org === null ? '' : html`<span>organisation <b>${org.slug}</b></span>`}
          ${other.length === 0 ? '' : html`<nav aria-label="Organisations">${other.map(orgLink)}</nav>`}
          <button id="live" type="button" hidden>Pause updates</button>
        </header>
        <main id="main">${content}</main>
        <footer>
          <p>${guard(isLocal)} Read at ${now.toISOString().slice(0, 19).replace('T', ' ')} UTC. All times are UTC.</p>
        </footer>
      </body>
    </html> `.text;
}

function orgLink({ slug }: PageOrg): Html {
  return html`<a href="/?org=${slug}">${slug}</a> `;
}

function guard(isLocal: boolean): string {
  return isLocal
    ? 'This page has no login yet, so it answers on this machine only.'
    : 'This page has no login yet: whoever reaches this address reads every lead.';
}
