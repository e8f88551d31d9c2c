package dev.gsig.service;

import dev.gsig.ehr.internal.Json;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a request is answered with.
 *
 * @param status of HTTP
 * @param type the media type of the body
 * @param body its bytes. Not copied
 * @param headers further ones
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Answer(int status, String type, byte[] body, Map<String, String> headers) {
  static final String JSON = "application/json";
  static final String JSON_LINES = "application/x-ndjson";
  static final String HTML = "text/html; charset=utf-8";

  static Answer text(String type, String text) {
    return new Answer(200, type, text.getBytes(StandardCharsets.UTF_8), Map.of());
  }

  static Answer json(Map<String, ?> members) {
    return text(JSON, Json.write(members) + "\n");
  }

  /** An error as every route writes it: {@code {"error": "..."}}, in one line. */
  static Answer error(int status, String message) {
    Answer written = json(Map.of("error", message.replaceAll("\\p{Cntrl}+", " ").strip()));
    return new Answer(status, JSON, written.body, Map.of());
  }

  Answer with(String header, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(header, value);
    return new Answer(status, type, body, more);
  }
}
