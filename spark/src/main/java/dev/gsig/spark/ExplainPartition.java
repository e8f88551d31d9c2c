package dev.gsig.spark;

import dev.gsig.attribution.Attribution;
import dev.gsig.attribution.Explainer;
import dev.gsig.ehr.InvalidInputException;
import dev.gsig.ehr.Trajectory;
import dev.gsig.ehr.UnknownCodes;
import dev.gsig.ehr.VisitOrder;
import java.util.Iterator;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/**
 * What a task does: explains the patients of its partition, one at a time as they are asked for.
 */
record ExplainPartition(
    Broadcast<Shipment> shipment, Counters counters, boolean sortVisits, StructType schema)
    implements MapPartitionsFunction<Row, Row>, FlatMapFunction<Iterator<Row>, Row> {

  @Override
  public Iterator<Row> call(Iterator<Row> patients) {
    WarmUp.OF_THIS_JVM.end();
    LoadedModel model = LoadedModel.of(shipment.value());
    Explainer explainer = model.explainer(shipment.value().options());
    return new Present<>(patients, patient -> explain(patient, explainer, model));
  }

  /** Who cannot be explained is counted and passed over. */
  private Row explain(Row patient, Explainer explainer, LoadedModel model) {
    try {
      Trajectory trajectory = inOrder(Trajectories.of(patient, schema));
      UnknownCodes codes = model.unknownCodes();
      codes.add(trajectory);
      counters.read(trajectory, codes);
      Attribution attribution = explainer.explain(trajectory);
      counters.explained(attribution);
      return Attributions.row(attribution, model.json());
    } catch (InvalidInputException e) {
      counters.rejected(Trajectories.name(patient), e);
      return null;
    }
  }

  private Trajectory inOrder(Trajectory trajectory) {
    if (!sortVisits || VisitOrder.disordered(trajectory) == 0) {
      return trajectory;
    }
    Trajectory inOrder = VisitOrder.sorted(trajectory);
    counters.inOrder();
    return inOrder;
  }
}
