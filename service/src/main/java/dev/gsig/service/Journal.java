package dev.gsig.service;

import dev.gsig.ehr.internal.Json;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** What the service writes down: a line of JSON for each request, and of those that computed. */
final class Journal {
  private static final int MAX_TRACE = 100;

  private final Consumer<String> log;
  private final Consumer<String> audit;
  private final boolean subjects;

  Journal(ServiceOptions options) {
    log = options.log();
    audit = options.audit();
    subjects = options.auditSubjects();
  }

  /** Writes of a request that was answered; nothing about patients, unless the audit is to. */
  void answered(Request request, String route, int status, long nanos) {
    Map<String, Object> line = line("info", "request", request, route);
    line.put("status", (long) status);
    line.put("milliseconds", nanos / 1_000_000);
    line.putAll(request.notes());
    log.accept(Json.write(line));
    if (audit != null && request.notes().containsKey("model")) {
      Map<String, Object> entry = line("info", "explained", request, route);
      entry.put("status", (long) status);
      entry.put("authorised", request.headers().containsKey("Authorization") ? "token" : "local");
      entry.putAll(request.notes());
      if (subjects) {
        entry.put("subjects", request.subjects());
      }
      audit.accept(Json.write(entry));
    }
  }

  /** Writes of a fault of the service, with where in the program it was. */
  void failed(Request request, String route, Throwable fault) {
    Map<String, Object> line = line("error", "fault", request, route);
    line.put("fault", trace(fault));
    log.accept(Json.write(line));
  }

  /** Kinds and places, without messages: these may name a patient. */
  private static List<String> trace(Throwable fault) {
    List<String> lines = new ArrayList<>();
    for (Throwable each = fault; each != null && lines.size() < MAX_TRACE; each = each.getCause()) {
      lines.add(each.getClass().getName());
      for (StackTraceElement frame : each.getStackTrace()) {
        lines.add("at " + frame);
      }
    }
    return lines.subList(0, Math.min(MAX_TRACE, lines.size()));
  }

  /** Writes of something that is no request's. */
  void event(String event, Map<String, ?> more) {
    Map<String, Object> line = begin("info", event);
    line.putAll(more);
    log.accept(Json.write(line));
  }

  private static Map<String, Object> line(
      String level, String event, Request request, String route) {
    Map<String, Object> line = begin(level, event);
    line.put("request", request.id());
    line.put("remote", request.remote());
    line.put("method", request.method());
    line.put("route", route);
    return line;
  }

  private static Map<String, Object> begin(String level, String event) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("time", Instant.now().truncatedTo(ChronoUnit.MILLIS).toString());
    line.put("level", level);
    line.put("event", event);
    return line;
  }
}
