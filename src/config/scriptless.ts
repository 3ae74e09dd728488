/**
 * Blocks at the top in which the decoder has read no script: whoever looks for scripts need not look there, as blocks
 * only lose something afterwards. A configuration has few scripts, and many blocks.
 */
export const scriptless = new WeakSet<object>();
