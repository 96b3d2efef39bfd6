/**
 * A large body is cut into small bodies of the same message, each with the resource and scope that its items had: the
 * decoders see small bodies only, and others are served between two of them.
 * The same body is always cut the same way, and every byte that means something comes to lie in some piece.
 * Refuses to know what an item is, and what becomes of it.
 */
export { cutJson } from './json.ts';
export type { CutOptions, Piece, Shape } from './piece.ts';
export { cutProtobuf } from './protobuf.ts';
