package dev.gsig.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.DefaultProfileValidationSupport;
import ca.uhn.fhir.rest.client.api.IClientInterceptor;
import ca.uhn.fhir.rest.client.api.IGenericClient;
import ca.uhn.fhir.rest.client.api.IHttpRequest;
import ca.uhn.fhir.rest.client.api.IHttpResponse;
import ca.uhn.fhir.rest.client.api.ServerValidationModeEnum;
import ca.uhn.fhir.validation.FhirValidator;
import ca.uhn.fhir.validation.ResultSeverityEnum;
import ca.uhn.fhir.validation.SingleValidationMessage;
import dev.gsig.service.ExplanationService;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.hl7.fhir.common.hapi.validation.support.CommonCodeSystemsTerminologyService;
import org.hl7.fhir.common.hapi.validation.support.InMemoryTerminologyServerValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.ValidationSupportChain;
import org.hl7.fhir.common.hapi.validation.validator.FhirInstanceValidator;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.RiskAssessment;
import org.hl7.fhir.r4.model.RiskAssessment.RiskAssessmentPredictionComponent;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bundles and RiskAssessments in HAPI's validator, sent and read by HAPI's client. */
@Tag("process")
class FhirConformanceTest {
  private static final FhirContext CONTEXT = FhirContext.forR4();

  private static final Set<ResultSeverityEnum> FAULTS =
      Set.of(ResultSeverityEnum.ERROR, ResultSeverityEnum.FATAL);

  private static FhirValidator validator;
  private static ExplanationService service;
  private static IGenericClient client;

  @BeforeAll
  static void start() throws IOException {
    validator = CONTEXT.newValidator();
    validator.registerValidatorModule(
        new FhirInstanceValidator(
            new ValidationSupportChain(
                new DefaultProfileValidationSupport(CONTEXT),
                new CommonCodeSystemsTerminologyService(CONTEXT),
                new InMemoryTerminologyServerValidationSupport(CONTEXT))));
    service = ExplanationService.start(Records.service().build());
    CONTEXT.getRestfulClientFactory().setServerValidationMode(ServerValidationModeEnum.NEVER);
    client = CONTEXT.newRestfulGenericClient(service.address() + "/explain");
    client.registerInterceptor(
        new IClientInterceptor() {
          @Override
          public void interceptRequest(IHttpRequest request) {
            // a transaction goes to the root of a server, which HAPI ends with a slash
            request.setUri(request.getUri().replaceAll("/$", ""));
          }

          @Override
          public void interceptResponse(IHttpResponse response) {}
        });
  }

  @AfterAll
  static void stop() {
    service.close();
  }

  /** What HAPI finds wrong with the structure; of terminologies it has none of SNOMED's size. */
  private static List<String> faults(IBaseResource resource) {
    return validator.validateWithResult(resource).getMessages().stream()
        .filter(m -> FAULTS.contains(m.getSeverity()))
        .map(SingleValidationMessage::toString)
        .toList();
  }

  private static RiskAssessment assessed(Bundle record) {
    String answer =
        client.transaction().withBundle(CONTEXT.newJsonParser().encodeToString(record)).execute();
    return CONTEXT.newJsonParser().parseResource(RiskAssessment.class, answer);
  }

  /** The validator sees what is wrong: else that it finds nothing would say nothing. */
  @Test
  void theValidatorFindsFaults() {
    RiskAssessment without = assessed(Records.of(1));
    without.setStatus(null);
    assertThat(faults(without)).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6})
  void theRecordIsValidAndSoIsItsAssessment(int seed) {
    Bundle record = Records.of(seed);
    assertThat(faults(record)).isEmpty();

    RiskAssessment risk = assessed(record);

    assertThat(faults(risk)).isEmpty();
    assertThat(risk.getSubject().getReference()).isEqualTo("Patient/patient-" + seed);
    assertThat(risk.getPrediction()).hasSize(1);
    RiskAssessmentPredictionComponent prediction = risk.getPredictionFirstRep();
    // in percent, as the resource has it
    assertThat(prediction.getProbabilityDecimalType().getValue().doubleValue())
        .isBetween(0.0, 100.0);
    assertThat(prediction.getRationale()).isNotBlank();
    assertThat(risk.getMethod().getText()).isNotBlank();
  }

  /** What it rests on are resources of the record. */
  @Test
  void theBasisIsInTheRecord() {
    Bundle record = Records.of(7);
    Set<String> there =
        record.getEntry().stream()
            .map(entry -> entry.getResource())
            .map(resource -> resource.fhirType() + "/" + resource.getIdElement().getIdPart())
            .collect(Collectors.toSet());

    List<String> basis =
        assessed(record).getBasis().stream().map(each -> each.getReference()).toList();

    assertThat(basis).isNotEmpty();
    assertThat(there).containsAll(basis);
  }
}
