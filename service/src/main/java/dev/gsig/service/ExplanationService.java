package dev.gsig.service;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.gsig.ehr.InvalidInputException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;

/**
 * Explains patients over HTTP, on the JDK's own server.
 *
 * <p>{@code POST /explain} takes patients in JSON Lines and answers with one line of attributions
 * for each, as {@code gsig explain} writes them, or with an error for all of them: what is wrong
 * with a request is its sender's to know (400, 413), what is wrong with the service is not (500,
 * and the log has it). Of one patient it answers with a page if {@code text/html} is asked for. A
 * Bundle of FHIR R4 ({@code application/fhir+json}) is answered with a RiskAssessment, and {@code
 * /cds-services} are those of CDS Hooks 2.0.
 *
 * <p>{@code POST /explain?without=CODE,...&with=NAME=VALUE} asks besides what the model says of
 * each record without a code, or with another value, which the lines have under {@code what_if}.
 * {@code POST /reload} loads a model's folder anew without a request being lost. {@code GET /} is a
 * page that asks of one patient, {@code /health} tells that the program lives, {@code /ready} that
 * it answers, {@code /metrics} counts, {@code /openapi.json} describes all this.
 *
 * <p>Whoever sends slowly, or half a request, holds a thread that waits, for a while at most, and
 * none that computes. As many requests are computed at a time as there are threads, and a few wait
 * for each; all others are told at once to come again (503). Answers tell their length, so that
 * half of one is never taken for a whole.
 *
 * <p>Nothing about patients is logged, and nothing about them is kept but the pages that cards link
 * to, in memory, for 15 minutes.
 */
public final class ExplanationService implements AutoCloseable {
  private final ServiceOptions options;
  private final Journal journal;
  private final Metrics metrics = new Metrics();
  private final Access access;
  private final Semaphore reading;
  private final Workers workers;
  private final ServedModels models;
  private final Routes routes = new Routes();
  private final HttpServer server;

  /** They wait for the network, and for workers. */
  private final ExecutorService connections = Executors.newCachedThreadPool();

  private volatile boolean ready;

  private ExplanationService(ServiceOptions options) throws IOException {
    this.options = options;
    journal = new Journal(options);
    access = new Access(options.token(), options.address().isLoopbackAddress());
    reading = new Semaphore(options.limits().reading());
    // Bound first: a port that is taken is known before models are loaded.
    server = server(options);
    workers = new Workers(options.threads(), options.limits());
    try {
      models = new ServedModels(options.models(), options.explanation());
    } catch (RuntimeException | Error e) {
      server.stop(0);
      workers.close();
      throw e;
    }
    addRoutes();
    server.setExecutor(connections);
    server.createContext("/", this::serve);
    server.start();
    ready = true;
    journal.event("ready", Map.of("address", address(), "models", models.names()));
  }

  private static HttpServer server(ServiceOptions options) throws IOException {
    InetSocketAddress address = new InetSocketAddress(options.address(), options.port());
    if (options.tls() == null) {
      return HttpServer.create(address, 0);
    }
    HttpsServer server = HttpsServer.create(address, 0);
    server.setHttpsConfigurator(new HttpsConfigurator(options.tls().context()));
    return server;
  }

  /**
   * Loads and warms up the models, and starts the service.
   *
   * <p>The JDK's server reads its own limits once in a process, from system properties, which this
   * sets where nobody did: {@code sun.net.httpserver.maxReqTime} and {@code maxRspTime} (seconds),
   * {@code sun.net.httpserver.nodelay} and {@code jdk.httpserver.maxConnections}. A program that
   * used that server before has to set them itself, or half a request may hold a thread for ever.
   *
   * @throws IOException if the address cannot be had
   * @throws InvalidInputException if a model cannot be loaded
   */
  public static ExplanationService start(ServiceOptions options) throws IOException {
    set("sun.net.httpserver.maxReqTime", options.limits().seconds());
    set("sun.net.httpserver.maxRspTime", 4 * options.limits().seconds());
    set("sun.net.httpserver.nodelay", "true");
    set("jdk.httpserver.maxConnections", 1000);
    return new ExplanationService(options);
  }

  private static void set(String property, Object value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, String.valueOf(value));
    }
  }

  private void addRoutes() {
    Explaining explaining = new Explaining(models, workers, options, metrics);
    KeptPages pages = new KeptPages();
    String links = options.publicAddress() == null ? address() : options.publicAddress();
    CdsHooks hooks = new CdsHooks(explaining, options, pages, links);
    routes.add("POST", "/explain", (request, name) -> explaining.answer(request, body(request)));
    routes.addOpen("GET", "/pages/{name}", (request, name) -> pages.answer(name));
    routes.add("GET", "/cds-services", (request, name) -> hooks.discovery());
    routes.add(
        "POST",
        "/cds-services/{name}",
        (request, name) -> hooks.cards(request, name, body(request)));
    routes.add(
        "POST",
        "/cds-services/{name}/feedback",
        (request, name) -> hooks.feedback(name, body(request)));
    routes.add("POST", "/reload", (request, name) -> reload(request));
    routes.add("GET", "/words", (request, name) -> words(request));
    routes.add("GET", "/models", (request, name) -> models());
    routes.addOpen("GET", "/health", (request, name) -> Answer.json(Map.of("status", "ok")));
    routes.addOpen("GET", "/ready", (request, name) -> readiness());
    routes.add("GET", "/metrics", (request, name) -> Answer.text(Metrics.TYPE, metrics.text()));
    for (String path : ServicePage.paths()) {
      routes.addOpen("GET", path, (request, name) -> ServicePage.answer(path));
    }
    metrics.gauge("gsig_requests_computing", workers::computing);
    metrics.gauge("gsig_requests_waiting", workers::waiting);
  }

  private byte[] body(Request request) throws IOException {
    return request.body(options.limits(), reading);
  }

  private Answer reload(Request request) {
    String name = Explaining.model(request.query(Set.of(Explaining.MODEL)));
    models.reload(name);
    journal.event("reloaded", Map.of("request", request.id()));
    return models();
  }

  private Answer words(Request request) {
    String name = Explaining.model(request.query(Set.of(Explaining.MODEL)));
    return Answer.text(Answer.JSON, models.use(name, ServedModel::words));
  }

  private Answer models() {
    Map<String, Object> all = new LinkedHashMap<>();
    for (String name : models.names()) {
      all.put(
          name,
          models.use(
              name,
              model ->
                  Map.of(
                      "weights_sha256", model.model().weightsSha256(),
                      "backend", model.model().backendDescription())));
    }
    return Answer.json(Map.of("models", all));
  }

  private Answer readiness() {
    if (!ready) {
      throw new Refusal(503, "the service is about to stop");
    }
    return Answer.json(Map.of("status", "ready"));
  }

  /** Where it listens, for example {@code http://127.0.0.1:8080}. */
  public String address() {
    InetAddress address = options.address();
    String host = address.getHostAddress();
    return (options.tls() == null ? "http://" : "https://")
        + (host.contains(":") ? "[" + host + "]" : host)
        + ":"
        + server.getAddress().getPort();
  }

  /** Takes no more requests, and gives those in work two seconds. */
  @Override
  public void close() {
    ready = false;
    server.stop(2);
    workers.close();
    connections.shutdown();
    models.close();
  }

  /** The methods of the paths that programs ask, in lower case; people's page is none of them. */
  Map<String, String> described() {
    Map<String, String> all = new LinkedHashMap<>();
    routes
        .all()
        .forEach(route -> all.put(route.pattern(), route.method().toLowerCase(Locale.ROOT)));
    all.keySet().removeAll(ServicePage.paths());
    return all;
  }

  /** The threads that compute. */
  ThreadPoolExecutor workers() {
    return workers.pool();
  }

  /** How many more bodies may be read at the same time. */
  int freeToRead() {
    return reading.availablePermits();
  }

  /** Answers a request; a fault stays here, and its sender learns only that it was. */
  private void serve(HttpExchange exchange) throws IOException {
    long start = System.nanoTime();
    try (exchange) {
      Request request = new Request(exchange);
      Routes.Route found = routes.of(request.path());
      String route = found == null ? "none" : found.pattern();
      Answer answer;
      try {
        answer = answer(request, found);
      } catch (Refusal e) {
        answer = refused(e, found);
        // What is left of a body is not read: the connection ends with the answer.
        answer = request.isRead() ? answer : answer.with("Connection", "close");
      } catch (InvalidInputException e) {
        answer = Answer.error(400, e.getMessage());
      } catch (RuntimeException | Error e) {
        journal.failed(request, route, e);
        answer = Answer.error(500, "the service failed; its log says why");
      }
      answer.headers().forEach(exchange.getResponseHeaders()::set);
      exchange.getResponseHeaders().set("Content-Type", answer.type());
      exchange.getResponseHeaders().set("X-Request-Id", request.id());
      exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
      exchange.getResponseHeaders().set("Cache-Control", "no-store");
      try {
        exchange.sendResponseHeaders(answer.status(), answer.body().length);
        exchange.getResponseBody().write(answer.body());
      } finally {
        long took = System.nanoTime() - start;
        metrics.request(route, answer.status(), took);
        journal.answered(request, route, answer.status(), took);
      }
    }
  }

  private Answer answer(Request request, Routes.Route route) throws IOException {
    if (route == null || !route.open()) {
      access.require(request.headers());
    }
    if (route == null) {
      throw new Refusal(404, "there is no " + request.path() + "; POST trajectories to /explain");
    }
    if (!request.method().equals(route.method())) {
      throw new Refusal(405, request.path() + " takes " + route.method());
    }
    return route.handler().answer(request, route.name(request.path()));
  }

  private static Answer refused(Refusal refusal, Routes.Route route) {
    Answer answer = Answer.error(refusal.status(), refusal.getMessage());
    return switch (refusal.status()) {
      case 401 -> answer.with("WWW-Authenticate", "Bearer");
      case 405 -> answer.with("Allow", route.method());
      case 503 -> answer.with("Retry-After", "1").with("Connection", "close");
      default -> answer;
    };
  }
}
