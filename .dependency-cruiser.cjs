/**
 * The import directions of docs/architecture.md as a test: what a folder may import, everything else refused.
 * `values` is the leaf of canonical addresses and times (docs/decisions/0002-values.md); every folder may use it.
 */
const MAY_IMPORT = {
  "src/values": [],
  "src/diagnostics": [],
  "src/wire": [],
  grammar: ["src/diagnostics"],
  "src/source": ["grammar", "src/diagnostics"],
  "src/schema": ["grammar", "src/diagnostics"],
  "src/config": ["grammar", "src/source", "src/schema", "src/diagnostics"],
  "src/plan": ["src/config", "src/schema", "src/source", "src/diagnostics"],
  "src/core": ["src/wire", "src/config", "src/plan"],
  "src/kernel": ["src/wire", "native"],
  "src/daemon": [
    "src/plan",
    "src/config",
    "src/core",
    "src/kernel",
    "src/source",
    "src/diagnostics",
    "src/wire",
    "native",
  ],
};
/** Folders whose code runs in a browser: no node:* at all. */
const PURE = [
  "grammar",
  "src/values",
  "src/diagnostics",
  "src/schema",
  "src/config",
  "src/plan",
  "src/core",
  "src/wire",
];

const inFolder = (folder) => `^${folder}/`;

module.exports = {
  forbidden: [
    { name: "no-circular", severity: "error", from: {}, to: { circular: true } },
    ...Object.entries(MAY_IMPORT).map(([folder, allowed]) => ({
      name: `${folder.replaceAll("/", "-")}-imports`,
      severity: "error",
      from: { path: inFolder(folder) },
      to: {
        path: "^(src|grammar|native|test|scripts)/",
        pathNot: [folder, "src/values", ...allowed].map(inFolder),
      },
    })),
    {
      name: "core-sees-config-types-only",
      severity: "error",
      from: { path: "^src/core/" },
      to: { path: "^src/(config|plan)/", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "pure-folders-have-no-node",
      severity: "error",
      from: { path: `^(${PURE.join("|")})/` },
      to: { dependencyTypes: ["core"] },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
  },
};
