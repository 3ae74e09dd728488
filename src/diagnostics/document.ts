import { CODES } from "./codes.ts";

/** docs/diagnostics.md: every code, its usual severity and what it means. */
export function diagnosticsDocument(): string {
  const rows = Object.entries(CODES)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([code, { severity, explanation }]) => `- \`${code}\` (${severity}): ${explanation}`);
  return `# Diagnostics

Every code that \`holdfast validate\` reports, with its usual severity; what severities mean is in
[decisions/0003-severity.md](decisions/0003-severity.md). Made by \`node scripts/generate-docs.mjs\`; do not edit.

${rows.join("\n")}
`;
}
