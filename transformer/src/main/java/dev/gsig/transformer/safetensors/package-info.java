/**
 * Reads and writes safetensors files to the letter of the format's specification (Hugging Face
 * safetensors, README section "Format", and the checks of its reference implementation): 8 bytes
 * little-endian header length, a UTF-8 JSON header, then the raw little-endian row-major data.
 */
package dev.gsig.transformer.safetensors;
