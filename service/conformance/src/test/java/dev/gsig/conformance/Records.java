package dev.gsig.conformance;

import dev.gsig.ehr.cohort.FhirOptions;
import dev.gsig.service.ModelSource;
import dev.gsig.service.ServiceOptions;
import java.nio.file.Path;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.hl7.fhir.r4.model.AllergyIntolerance;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.CodeableConcept;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.Condition;
import org.hl7.fhir.r4.model.DateTimeType;
import org.hl7.fhir.r4.model.Encounter;
import org.hl7.fhir.r4.model.Enumerations.AdministrativeGender;
import org.hl7.fhir.r4.model.MedicationRequest;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Period;
import org.hl7.fhir.r4.model.Procedure;
import org.hl7.fhir.r4.model.Quantity;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.Resource;

/** Made-up records, written with HAPI's classes and not by ours. */
@SuppressWarnings("JavaUtilDate") // what the classes of HAPI take
final class Records {
  static final Path MODEL = Path.of("..", "..", "demo", "model");

  private static final String SNOMED = "http://snomed.info/sct";
  private static final List<String> CONDITIONS =
      List.of("59621000", "162864005", "444814009", "15777000");
  private static final long YEAR = 31_557_600_000L;

  private Records() {}

  /** The demo's model for Bundles, with cards whatever the risk. */
  static ServiceOptions.Builder service() {
    return ServiceOptions.builder(Map.of("demo", new ModelSource(MODEL, FhirOptions.DEFAULT)))
        .threads(2)
        .cdsThreshold(0.0);
  }

  /** One patient with visits, conditions, drugs, procedures, values and an allergy. */
  static Bundle of(int seed) {
    Random random = new Random(seed);
    Bundle bundle = new Bundle();
    bundle.setType(Bundle.BundleType.COLLECTION);
    Patient patient = new Patient();
    patient.setId("patient-" + seed);
    patient.setGender(seed % 2 == 0 ? AdministrativeGender.FEMALE : AdministrativeGender.MALE);
    patient.setBirthDate(new Date(-(10 + random.nextInt(30)) * YEAR));
    add(bundle, patient);
    for (int visit = 0; visit < 2 + random.nextInt(4); visit++) {
      visit(bundle, patient, seed + "-" + visit, (40 + visit) * YEAR, random);
    }
    AllergyIntolerance allergy = new AllergyIntolerance();
    allergy.setId("allergy-" + seed);
    allergy.getClinicalStatus().addCoding(active("allergyintolerance-clinical"));
    allergy.setCode(concept(SNOMED, "91936005", "Allergy to penicillin"));
    allergy.setPatient(reference(patient));
    add(bundle, allergy);
    return bundle;
  }

  private static void visit(Bundle bundle, Patient patient, String name, long at, Random random) {
    Encounter encounter = new Encounter();
    encounter.setId("encounter-" + name);
    encounter.setStatus(Encounter.EncounterStatus.FINISHED);
    encounter.setClass_(
        new Coding("http://terminology.hl7.org/CodeSystem/v3-ActCode", "AMB", "ambulatory"));
    encounter.setSubject(reference(patient));
    encounter.setPeriod(new Period().setStart(new Date(at)).setEnd(new Date(at + 3_600_000)));
    add(bundle, encounter);

    Condition condition = new Condition();
    condition.setId("condition-" + name);
    condition.getClinicalStatus().addCoding(active("condition-clinical"));
    condition.setCode(
        concept(SNOMED, CONDITIONS.get(random.nextInt(CONDITIONS.size())), "Condition"));
    condition.setSubject(reference(patient));
    condition.setEncounter(reference(encounter));
    condition.setRecordedDate(new Date(at));
    add(bundle, condition);

    MedicationRequest drug = new MedicationRequest();
    drug.setId("drug-" + name);
    drug.setStatus(MedicationRequest.MedicationRequestStatus.ACTIVE);
    drug.setIntent(MedicationRequest.MedicationRequestIntent.ORDER);
    drug.setMedication(
        concept("http://www.nlm.nih.gov/research/umls/rxnorm", "314076", "lisinopril"));
    drug.setSubject(reference(patient));
    drug.setEncounter(reference(encounter));
    drug.setAuthoredOn(new Date(at));
    add(bundle, drug);

    Procedure procedure = new Procedure();
    procedure.setId("procedure-" + name);
    procedure.setStatus(Procedure.ProcedureStatus.COMPLETED);
    procedure.setCode(concept(SNOMED, "430193006", "Medication reconciliation"));
    procedure.setSubject(reference(patient));
    procedure.setEncounter(reference(encounter));
    procedure.setPerformed(new DateTimeType(new Date(at)));
    add(bundle, procedure);

    Observation lab = new Observation();
    lab.setId("lab-" + name);
    lab.setStatus(Observation.ObservationStatus.FINAL);
    lab.setCode(concept("http://loinc.org", "2160-0", "Creatinine"));
    lab.setSubject(reference(patient));
    lab.setEncounter(reference(encounter));
    lab.setEffective(new DateTimeType(new Date(at)));
    lab.setValue(
        new Quantity()
            .setValue(1.1)
            .setUnit("mg/dL")
            .setSystem("http://unitsofmeasure.org")
            .setCode("mg/dL"));
    add(bundle, lab);
  }

  private static Coding active(String system) {
    return new Coding("http://terminology.hl7.org/CodeSystem/" + system, "active", "Active");
  }

  private static CodeableConcept concept(String system, String code, String text) {
    return new CodeableConcept().addCoding(new Coding(system, code, null)).setText(text);
  }

  private static Reference reference(Resource resource) {
    return new Reference(resource.fhirType() + "/" + resource.getIdElement().getIdPart());
  }

  private static void add(Bundle bundle, Resource resource) {
    bundle
        .addEntry()
        .setFullUrl(
            "http://example.org/fhir/"
                + resource.fhirType()
                + "/"
                + resource.getIdElement().getIdPart())
        .setResource(resource);
  }
}
