import { defineConfig } from "vitest/config";

/** One project per test group; scripts/test.mjs decides which groups this machine can run. */
const group = (name: string, include: string[], options: Record<string, unknown> = {}) => ({
  test: { name, include, ...options },
});

export default defineConfig({
  test: {
    projects: [
      group("unit", ["test/**/*.test.ts"], {
        exclude: ["test/{kernel,ipvs,interop,daemon,differential}/**", "**/node_modules/**"],
        testTimeout: 30_000,
      }),
      group("differential", ["test/differential/**/*.test.ts"], { testTimeout: 60_000 }),
      // Groups on real kernels run one file at a time: two cores, and timing that means something.
      ...["kernel", "ipvs", "interop", "daemon"].map((name) =>
        group(name, [`test/${name}/**/*.test.ts`], {
          fileParallelism: false,
          // The guest has one CPU of a machine that may be busy.
          testTimeout: name === "ipvs" ? 240_000 : 60_000,
          hookTimeout: name === "ipvs" ? 180_000 : 60_000,
        }),
      ),
    ],
  },
});
