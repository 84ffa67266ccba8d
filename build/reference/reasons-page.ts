import { type Reason, reasons } from '../../src/foundation/reason.ts';
import { type Realm, reasonGuide } from '../../src/why/reason-guide.ts';

const REALMS: Readonly<Record<Realm, string>> = {
  request: 'The request cannot be served as it is',
  limit: 'A limit was reached',
  client: 'The client did not do its part',
  backend: 'The backend did not do its part',
  pool: 'No backend had room, or was well',
  operation: 'Time was up',
};

const INTRODUCTION = `# Reasons

Whenever lb itself answers, tries again or cuts a connection, it says why with one word out of this list: in the body of its answer and in
\`X-LB-Reason\`, as \`reason\` in the access log and in metrics, and in \`lb why\`, which adds what it knows of the very request. \`lb why\` alone lists
the latest that failed, were retried, refused or slow, \`lb why REQUEST_ID\` tells of one of them, and with a reason it says what this
page says:

\`\`\`sh
lb why queue_full
\`\`\`
\`\`\`text output
queue_full (503): every backend is full and too many wait already
…
\`\`\`

A response with a status of 500 or more and no reason is the backend's own.

The status is what the client is told while it can still be told. 499 stands in the log alone: the client has left. Where a
response had begun already, lb cuts it, and the log has the status that the backend gave. TCP sessions have reasons, but no status.

<!-- Made from src/why/reason-guide.ts by npm run docs -->
`;

/** The text of docs/reasons.md. */
export function reasonsPage(): string {
  const names = Object.keys(reasonGuide) as Reason[]; // a record over all of them
  const sections = Object.entries(REALMS).map(([realm, title]) => {
    const ofRealm = names.filter((name) => reasonGuide[name].realm === realm);
    return `\n## ${title}\n${ofRealm.map(section).join('')}`;
  });
  return INTRODUCTION + sections.join('');
}

function section(name: Reason): string {
  const { status, text } = reasons[name];
  const { cause, cure } = reasonGuide[name];
  return `\n### \`${name}\`\n\n**${status}** · ${text}\n\n${cause}\n\n*What to do:* ${cure}\n`;
}
