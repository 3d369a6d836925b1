import type { Command } from './command.ts';
import { indented, table } from './text.ts';

export const generalHelp = `
Examples:
  leadloop sandbox salesforce                   a CRM to play with, on this machine
  leadloop apply config/leadloop.yaml           make the database what the file says
  leadloop check                                try credentials, rights, fields and quota
  leadloop sync acme-hubspot                    pull, score, push
  leadloop explain jane@district.example        where every point comes from
  leadloop status                               what runs, what is paused, what needs a person

Exit codes:
  0   done
  1   failed
  2   wrong usage or configuration
  3   partial: some records were rejected
  75  try later: a limit of the CRM is used up, it is paused, or somebody else is at it

Environment:
  DATABASE_URL    a Postgres of your own; without it one is started under LEADLOOP_HOME
  LEADLOOP_HOME   state of this machine (default .leadloop)
  LEADLOOP_KEY    id:base64[,id:base64…]: keys that seal credentials, the first one new ones;
                  without it a key file is made under LEADLOOP_HOME
  LEADLOOP_ALERT_URL
                  where alerts go, in Slack's form: https://hooks.slack.com/services/…
  LOG_LEVEL       trace, debug, info, warn, error, fatal or silent (default warn; serve: info)
  NO_COLOR        no colours, whatever its value
`;

export function commandHelp({ examples }: Command): string {
  return `\nExamples:\n${indented(table(examples.map((example) => [example])))}\n`;
}
