package dev.gsig.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gsig.ehr.internal.Json;
import dev.gsig.ehr.internal.JsonObject;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Against rounding by hand. */
class ReportDetailsTest {
  private static JsonObject packed(String json) {
    return Json.object(Json.write(ReportDetails.of(Json.object(json, "result").toMap())), "packed");
  }

  /** The largest of a column has five digits, and all have as many behind the point. */
  @Test
  void scoresHaveTheDigitsOfTheLargest() {
    JsonObject tokens =
        packed(
                "{\"tokens\":[{\"position\":1,\"code\":\"a\",\"l2\":0.0123456,\"signed\":-12.34567},"
                    + "{\"position\":2,\"code\":\"b\",\"l2\":3,\"signed\":0.0004}],"
                    + "\"tabular\":[{\"name\":\"age\",\"value\":6087.366937454251,\"signed\":1}]}")
            .object("tokens");
    assertThat(tokens.numbers("l2")).containsExactly(0.0123, 3.0);
    assertThat(tokens.numbers("signed")).containsExactly(-12.346, 0.0);
    assertThat(tokens.list("code")).isEqualTo(List.of("a", "b"));
    assertThat(tokens.has("position")).isFalse();
  }

  @Test
  void aValueHasSixDigitsAndWhatIsNotThereIsNull() {
    JsonObject tokens =
        packed(
                "{\"tokens\":[{\"code\":\"a\",\"signed\":1},"
                    + "{\"code\":\"b\",\"signed\":1,\"value\":6087.366937454251}]}")
            .object("tokens");
    assertThat(tokens.numbersOrNulls("value")).containsExactly(null, 6087.37);
    assertThat(tokens.has("event")).isFalse();
  }

  /** A patient without any codes has empty columns; zeros alone have no largest. */
  @Test
  void nothingStaysNothing() {
    JsonObject packed =
        packed("{\"tokens\":[],\"visits\":[],\"tabular\":[{\"name\":\"a\",\"signed\":0.0}]}");
    assertThat(packed.object("tokens").toMap()).isEmpty();
    assertThat(packed.object("tabular").numbers("signed")).containsExactly(0.0);
  }

  @Test
  void readingsArePackedByTheirOwnLargest() {
    JsonObject reading =
        packed(
                "{\"tokens\":[{\"code\":\"a\",\"signed\":100}],\"readings\":[{\"method\":\"ig\","
                    + "\"tokens\":[{\"signed\":0.00123456789}],\"visits\":[{\"signed\":1}],"
                    + "\"inputs\":[]}],\"inputs\":[]}")
            .objects("readings")
            .get(0);
    assertThat(reading.object("tokens").numbers("signed")).containsExactly(0.0012346);
    assertThat(reading.has("visits")).isFalse();
    assertThat(reading.has("inputs")).isFalse();
  }
}
