package dev.gsig.service;

import dev.gsig.attribution.ExplainOptions;
import dev.gsig.attribution.SequenceBaselines;
import dev.gsig.attribution.TabularBaselines;
import dev.gsig.attribution.path.PathMethods;
import dev.gsig.ehr.InvalidInputException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * What is served, where, and to whom.
 *
 * @param models by the names that requests have for them
 * @param host where the service listens, a name or an address of this machine
 * @param port 0 for any that is free
 * @param tls what it proves itself with; null for plain HTTP, on the loopback interface only
 * @param token what every request must bring as {@code Authorization: Bearer TOKEN}; null for
 *     nothing, on the loopback interface only
 * @param threads how many requests are computed at a time
 * @param limits of requests
 * @param explanation how patients are explained
 * @param page shows an explanation to people; null for no pages
 * @param cdsThreshold from which risk on a card of CDS Hooks is shown, 0 to 1; null for no such
 *     service
 * @param publicAddress with which links to this service begin, such as {@code
 *     https://gsig.example.org}; null for where it listens
 * @param log takes a line of JSON for each request and each fault, without anything about patients
 * @param audit takes a line of JSON for each request that computed something; null for none
 * @param auditSubjects whether those lines name the patients
 */
public record ServiceOptions(
    Map<String, ModelSource> models,
    String host,
    int port,
    Tls tls,
    String token,
    int threads,
    Limits limits,
    ExplainOptions explanation,
    PatientPage page,
    Double cdsThreshold,
    String publicAddress,
    Consumer<String> log,
    Consumer<String> audit,
    boolean auditSubjects) {
  /** Where this machine alone can reach it. */
  public static final String LOOPBACK = "127.0.0.1";

  /**
   * Contributions that add up, to 1% of the difference to the mean of the validation patients in a
   * record of the same length: the same numbers as on the page of {@code gsig demo}.
   */
  public static final ExplainOptions EXPLANATION =
      ExplainOptions.DEFAULT.toBuilder()
          .method(PathMethods.IG)
          .tolerance(0.01)
          .baselines(SequenceBaselines.MANIFOLD_MEAN_UNPADDED, TabularBaselines.MEAN)
          .build();

  /**
   * Checks them.
   *
   * @throws InvalidInputException if there is no model, the host is none, or it is not the loopback
   *     interface's and there is no token or no TLS
   * @throws IllegalArgumentException if there is no thread, the port is none, or the threshold no
   *     share
   */
  public ServiceOptions {
    models = Collections.unmodifiableMap(new LinkedHashMap<>(models));
    InetAddress address = address(host);
    Objects.requireNonNull(limits, "limits");
    Objects.requireNonNull(explanation, "explanation");
    Objects.requireNonNull(log, "log");
    if (models.isEmpty()) {
      throw new InvalidInputException("there is no model to be served");
    }
    if (threads < 1
        || port < 0
        || port > 65535
        || (cdsThreshold != null && !(cdsThreshold >= 0 && cdsThreshold <= 1))) {
      throw new IllegalArgumentException(
          threads + " threads, port " + port + ", threshold " + cdsThreshold);
    }
    if (!address.isLoopbackAddress() && (tls == null || token == null)) {
      throw new InvalidInputException(
          "others can reach "
              + host
              + ": a service there needs a token and TLS; without them it is served on the loopback"
              + " interface only");
    }
  }

  /** These options for another port; 0 for any that is free. */
  public ServiceOptions onPort(int other) {
    return new ServiceOptions(
        models,
        host,
        other,
        tls,
        token,
        threads,
        limits,
        explanation,
        page,
        cdsThreshold,
        publicAddress,
        log,
        audit,
        auditSubjects);
  }

  /** Where it listens. */
  InetAddress address() {
    return address(host);
  }

  private static InetAddress address(String host) {
    try {
      return InetAddress.getByName(host);
    } catch (UnknownHostException e) {
      throw new InvalidInputException("the host " + host + " is no address of this machine", e);
    }
  }

  /**
   * Options for this machine only: a free port of the loopback interface, as many threads as there
   * are processors, no token, no TLS, no FHIR, no pages, no audit, and a log that is thrown away.
   *
   * @param folders of models with their baselines, by the names that requests have for them
   */
  public static ServiceOptions local(Map<String, Path> folders) {
    Map<String, ModelSource> models = new LinkedHashMap<>();
    folders.forEach((name, folder) -> models.put(name, new ModelSource(folder, null)));
    return new ServiceOptions(
        models,
        LOOPBACK,
        0,
        null,
        null,
        Runtime.getRuntime().availableProcessors(),
        Limits.DEFAULT,
        EXPLANATION,
        null,
        null,
        null,
        line -> {},
        null,
        false);
  }
}
