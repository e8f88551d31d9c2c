package dev.gsig.service;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Semaphore;

/** A request, and what is noted of it while it is answered. */
final class Request {
  private final HttpExchange exchange;
  private final String id = UUID.randomUUID().toString();

  /** For the log and the audit: nothing about patients. */
  private final Map<String, Object> notes = new LinkedHashMap<>();

  private List<String> subjects = List.of();
  private boolean read;

  Request(HttpExchange exchange) {
    this.exchange = exchange;
  }

  String id() {
    return id;
  }

  String method() {
    return exchange.getRequestMethod();
  }

  String path() {
    return exchange.getRequestURI().getPath();
  }

  Headers headers() {
    return exchange.getRequestHeaders();
  }

  String remote() {
    return exchange.getRemoteAddress().getAddress().getHostAddress();
  }

  /** The media type of the body, without its parameters; empty if none is told. */
  String contentType() {
    String type = headers().getFirst("Content-Type");
    return type == null ? "" : type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
  }

  /** Whether one of the media types that are asked for is this one, without regard to weights. */
  boolean accepts(String type) {
    return headers().getOrDefault("Accept", List.of()).stream()
        .flatMap(each -> List.of(each.split(",")).stream())
        .anyMatch(each -> each.split(";", 2)[0].strip().equalsIgnoreCase(type));
  }

  /**
   * What the query gives, name and decoded value, in order.
   *
   * @param names the names that it may have
   * @throws Refusal 400 if it has others, or is not encoded as it has to be
   */
  List<Map.Entry<String, String>> query(Set<String> names) {
    String raw = exchange.getRequestURI().getRawQuery();
    if (raw == null || raw.isEmpty()) {
      return List.of();
    }
    List<Map.Entry<String, String>> query = new ArrayList<>();
    for (String part : raw.split("&")) {
      int equals = part.indexOf('=');
      String name = equals < 0 ? part : part.substring(0, equals);
      if (equals < 0 || !names.contains(name)) {
        throw new Refusal(
            400,
            "the query takes "
                + String.join("=..., ", names.stream().sorted().toList())
                + "=..., but not "
                + decoded(part));
      }
      query.add(Map.entry(name, decoded(part.substring(equals + 1))));
    }
    return query;
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new Refusal(400, "the query is not encoded as it has to be: " + text);
    }
  }

  /**
   * Reads the body.
   *
   * @param reading permits to read at the same time
   * @throws Refusal 503 if too many do already, 413 if it is too long, 415 if it is packed
   * @throws IOException if it does not arrive
   */
  byte[] body(Limits limits, Semaphore reading) throws IOException {
    String encoding = headers().getFirst("Content-Encoding");
    if (encoding != null && !encoding.strip().equalsIgnoreCase("identity")) {
      throw new Refusal(415, "send the body as it is, without a Content-Encoding");
    }
    if (!reading.tryAcquire()) {
      throw new Refusal(503, "too many requests at the same time; come again");
    }
    byte[] body;
    try {
      body = exchange.getRequestBody().readNBytes(limits.bytes() + 1);
    } finally {
      reading.release();
    }
    if (body.length > limits.bytes()) {
      throw new Refusal(
          413, "the request is longer than " + limits.bytes() + " bytes; send fewer patients");
    }
    read = true;
    note("bytes", body.length);
    return body;
  }

  /** Whether all of the body is read, or there is none. */
  boolean isRead() {
    Headers headers = headers();
    String length = headers.getFirst("Content-Length");
    return read
        || (headers.getFirst("Transfer-Encoding") == null
            && (length == null || length.strip().equals("0")));
  }

  /** Notes something that is not about patients. */
  void note(String key, Object value) {
    notes.put(key, value);
  }

  Map<String, Object> notes() {
    return notes;
  }

  /** Notes whom it is about. */
  void about(List<String> ids) {
    subjects = ids;
  }

  List<String> subjects() {
    return subjects;
  }
}
