// Writes the declarations (.d.ts) of a module and of all that it imports.
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * Emits into a folder that mirrors the project's. Imports of `.ts` become imports of `.js`, which every resolution of
 * TypeScript takes for the `.d.ts` beside it.
 */
export function emitTypes(entry, folder) {
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent({ ...config, files: [entry], include: [] }, ts.sys, root);
  const program = ts.createProgram([entry], {
    ...options,
    types: [],
    noEmit: false,
    declaration: true,
    emitDeclarationOnly: true,
    rootDir: root,
    outDir: folder,
  });
  const { diagnostics, emitSkipped } = program.emit(undefined, (path, text) => {
    ts.sys.writeFile(path, text.replaceAll(/(\bfrom |\bimport\()"(\.[^"]*)\.ts"/g, '$1"$2.js"'));
  });
  if (emitSkipped || diagnostics.length > 0) {
    const text = ts.formatDiagnostics(diagnostics, {
      getCanonicalFileName: (name) => name,
      getCurrentDirectory: () => root,
      getNewLine: () => "\n",
    });
    throw new Error(`the types cannot be written:\n${text}`);
  }
}
