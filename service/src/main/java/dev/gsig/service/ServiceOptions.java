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

  /** A builder that begins with these options. */
  public Builder toBuilder() {
    return new Builder(this);
  }

  /**
   * A builder of options for this machine only: a free port of the loopback interface, as many
   * threads as there are processors, no token, no TLS, no pages, no cards, no audit, and a log that
   * is thrown away.
   *
   * @param models by the names that requests have for them
   */
  public static Builder builder(Map<String, ModelSource> models) {
    return new Builder(models);
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
    return new Builder(models).build();
  }

  /** Options, one after the other; see the record for what each means. */
  public static final class Builder {
    private final Map<String, ModelSource> models;
    private String host = LOOPBACK;
    private int port;
    private Tls tls;
    private String token;
    private int threads = Runtime.getRuntime().availableProcessors();
    private Limits limits = Limits.DEFAULT;
    private ExplainOptions explanation = EXPLANATION;
    private PatientPage page;
    private Double cdsThreshold;
    private String publicAddress;
    private Consumer<String> log = line -> {};
    private Consumer<String> audit;
    private boolean auditSubjects;

    private Builder(Map<String, ModelSource> models) {
      this.models = models;
    }

    private Builder(ServiceOptions from) {
      models = from.models;
      host = from.host;
      port = from.port;
      tls = from.tls;
      token = from.token;
      threads = from.threads;
      limits = from.limits;
      explanation = from.explanation;
      page = from.page;
      cdsThreshold = from.cdsThreshold;
      publicAddress = from.publicAddress;
      log = from.log;
      audit = from.audit;
      auditSubjects = from.auditSubjects;
    }

    /** Where it listens. */
    public Builder host(String host) {
      this.host = host;
      return this;
    }

    /** 0 for any port that is free. */
    public Builder port(int port) {
      this.port = port;
      return this;
    }

    /** What it proves itself with; null for plain HTTP. */
    public Builder tls(Tls tls) {
      this.tls = tls;
      return this;
    }

    /** What every request must bring; null for nothing. */
    public Builder token(String token) {
      this.token = token;
      return this;
    }

    /** How many requests are computed at a time. */
    public Builder threads(int threads) {
      this.threads = threads;
      return this;
    }

    /** Limits of requests. */
    public Builder limits(Limits limits) {
      this.limits = limits;
      return this;
    }

    /** How patients are explained. */
    public Builder explanation(ExplainOptions explanation) {
      this.explanation = explanation;
      return this;
    }

    /** Shows an explanation to people; null for no pages. */
    public Builder page(PatientPage page) {
      this.page = page;
      return this;
    }

    /** From which risk on there is a card of CDS Hooks; null for no such service. */
    public Builder cdsThreshold(Double cdsThreshold) {
      this.cdsThreshold = cdsThreshold;
      return this;
    }

    /** With which links to this service begin; null for where it listens. */
    public Builder publicAddress(String publicAddress) {
      this.publicAddress = publicAddress;
      return this;
    }

    /** Takes the lines of the log. */
    public Builder log(Consumer<String> log) {
      this.log = log;
      return this;
    }

    /**
     * Takes the lines of the audit log; null for none.
     *
     * @param subjects whether they name the patients
     */
    public Builder audit(Consumer<String> audit, boolean subjects) {
      this.audit = audit;
      auditSubjects = subjects;
      return this;
    }

    /**
     * The options.
     *
     * @throws InvalidInputException if they cannot be served so
     * @throws IllegalArgumentException if one is out of its range
     */
    public ServiceOptions build() {
      return new ServiceOptions(
          models,
          host,
          port,
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
  }
}
