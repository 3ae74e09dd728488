import { EmbeddedActionsParser, type IToken, type ParserMethod } from "chevrotain";
import { Close, type LineToken, Open, vocabulary, Words } from "./tokens.ts";
import type { Origin, Statement } from "./tree.ts";

/** What the structure can have wrong; each alternative is part of the grammar, so that parsing never fails. */
export interface StructureProblems {
  /** A block that the text ends in. `open` is its brace, `statements` what it was taken to hold. */
  unclosedBlock(open: Origin, head: Statement | undefined, statements: readonly Statement[]): void;
  unexpectedClose(close: Origin): void;
  unexpectedOpen(open: Origin): void;
}

/** The parser is only ever fed tokens of LineTokens. */
function lineToken(made: IToken): LineToken {
  return made as LineToken;
}

/**
 * document  = { statement | "}" }
 * statement = words [ block ] | block
 * block     = "{" { statement } [ "}" ]
 *
 * The stray brace, the bare block and the missing brace are what users write by mistake.
 */
class StructureParser extends EmbeddedActionsParser {
  readonly document: () => Statement[];
  private readonly statement: () => Statement;
  private readonly block: ParserMethod<[head?: Statement], readonly Statement[]>;
  /** Whose text is being parsed; set before each run. */
  problems: StructureProblems | undefined;

  constructor() {
    super(vocabulary, { maxLookahead: 1, recoveryEnabled: false, nodeLocationTracking: "none" });

    this.document = this.RULE("document", () => {
      const statements: Statement[] = [];
      this.MANY(() => {
        this.OR([
          { ALT: () => statements.push(this.SUBRULE(this.statement)) },
          {
            ALT: () => {
              const close = this.CONSUME(Close);
              this.ACTION(() => this.problems?.unexpectedClose(lineToken(close).origin));
            },
          },
        ]);
      });
      return statements;
    });

    this.statement = this.RULE("statement", () => {
      return this.OR([
        {
          ALT: () => {
            const { origin, words, source } = lineToken(this.CONSUME(Words));
            const head: Statement = source === undefined ? { words, origin } : { words, origin, source };
            const block = this.OPTION(() => this.SUBRULE(this.block, { ARGS: [head] }));
            return block ? { ...head, block } : head;
          },
        },
        {
          ALT: () => {
            const { origin } = lineToken(this.LA(1));
            this.ACTION(() => this.problems?.unexpectedOpen(origin));
            return { words: [], origin, block: this.SUBRULE1(this.block) };
          },
        },
      ]);
    });

    this.block = this.RULE("block", (head?: Statement) => {
      const statements: Statement[] = [];
      const { origin } = lineToken(this.CONSUME(Open));
      this.MANY(() => statements.push(this.SUBRULE(this.statement)));
      const close = this.OPTION(() => this.CONSUME(Close));
      this.ACTION(() => {
        if (!close) this.problems?.unclosedBlock(origin, head, statements);
      });
      return statements;
    });

    this.performSelfAnalysis();
  }
}

/** Made once: Chevrotain analyses the grammar when a parser is made, which takes longer than most configurations. */
let shared: StructureParser | undefined;

/** Parses token runs, each a whole number of top-level statements. */
export function structureParser(problems: StructureProblems): (tokens: LineToken[]) => Statement[] {
  shared ??= new StructureParser();
  const parser = shared;
  return (tokens) => {
    parser.problems = problems;
    parser.input = tokens;
    const statements = parser.document();
    const [failure] = parser.errors;
    parser.input = [];
    if (failure) throw new Error(`the grammar refused ${failure.token.tokenType.name}: ${failure.message}`);
    return statements;
  };
}
