package dev.gsig.onnx.internal.op;

/**
 * What kind of recurrent network it is.
 *
 * @param gates blocks of rows in its weights
 * @param hasCell whether a cell is kept beside the state
 * @param direction forward, reverse or bidirectional
 * @param batchFirst whether the batch is the first axis
 */
record RecurrentKind(int gates, boolean hasCell, String direction, boolean batchFirst) {}
