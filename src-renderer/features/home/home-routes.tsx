import { HomeScreen } from './home-screen.tsx';

/** / */
export default function HomeRoutes() {
  return <HomeScreen />;
}
