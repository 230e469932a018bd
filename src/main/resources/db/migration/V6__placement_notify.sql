-- Wakes the replicas only if something was noted: a version that a replica records to follow another one comes without
-- an event, and would otherwise wake that very replica, for ever if its device refuses the version.
drop trigger placement_event_notify on placement_event;

create trigger placement_event_notify after insert on placement_event
  for each row execute function placement_notify();
