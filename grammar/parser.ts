import { EmbeddedActionsParser, type IToken } from "chevrotain";
import { Close, Head, Line, type LineToken, Repeated, vocabulary } from "./tokens.ts";
import { lineOf, type Origin, type Statement } from "./tree.ts";

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
 * document = { line | block | repeated | "}" }
 * block    = head { line | block | repeated } [ "}" ]
 *
 * A repeated block is one token, with the statements that the grammar made of the same text before.
 * The stray brace, the head without words and the missing brace are what users write by mistake.
 */
export class StructureParser extends EmbeddedActionsParser {
  readonly document: () => Statement[];
  private readonly block: () => Statement;
  /** Whose text is being parsed; set before each run. */
  problems: StructureProblems | undefined;

  /** Chevrotain's proof that the grammar is unambiguous never changes: a test asks for it, users do not wait for it. */
  constructor(skipValidations = true) {
    super(vocabulary, {
      maxLookahead: 1,
      recoveryEnabled: false,
      nodeLocationTracking: "none",
      skipValidations,
    });
    const line = { ALT: (): Statement | undefined => lineToken(this.CONSUME(Line)).statement };
    const block = { ALT: (): Statement | undefined => this.SUBRULE(this.block) };
    const repeated = { ALT: (): Statement | undefined => this.again(this.CONSUME(Repeated)) };
    const stray = { ALT: (): Statement | undefined => this.strayClose(this.CONSUME(Close)) };
    // Made once: Chevrotain would otherwise be handed new alternatives for every line.
    const anywhere = [line, block, repeated];
    const atTop = [line, block, repeated, stray];

    this.document = this.RULE("document", () => {
      const statements: Statement[] = [];
      this.MANY(() => {
        const statement = this.OR(atTop);
        if (statement) statements.push(statement);
      });
      return statements;
    });

    this.block = this.RULE("block", () => {
      const { statement: head, origin: open, known } = lineToken(this.CONSUME(Head));
      this.ACTION(() => {
        if (head.words.length === 0) this.problems?.unexpectedOpen(open);
      });
      const statements: Statement[] = [];
      this.MANY(() => {
        const statement = this.OR(anywhere);
        if (statement) statements.push(statement);
      });
      const close = this.OPTION(() => this.CONSUME1(Close));
      this.ACTION(() => {
        if (!close) this.problems?.unclosedBlock(open, head, statements);
      });
      return this.ACTION(() => {
        const end = close && lineToken(close).origin;
        if (known && end !== undefined) {
          known.statements = statements;
          known.opening = head.opening;
          known.end = end;
        }
        head.block = statements;
        head.end = end;
        return head;
      });
    });

    this.performSelfAnalysis();
  }

  private again(token: IToken): Statement | undefined {
    return this.ACTION(() => {
      const { statement, origin, known } = lineToken(token);
      if (!known) return undefined;
      const shift = known.shiftTo(lineOf(origin));
      const { opening } = known;
      statement.block = known.statements;
      statement.opening = opening && { statements: opening.statements, shift: opening.shift + shift };
      statement.end = known.end + shift;
      statement.shift = shift;
      return statement;
    });
  }

  private strayClose(close: IToken): undefined {
    this.ACTION(() => this.problems?.unexpectedClose(lineToken(close).origin));
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
